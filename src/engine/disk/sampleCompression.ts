// What compressing would come to: a few beginnings are compressed in memory. Whoever shows the number says
// that it is an estimate.

import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { coldRollouts } from '../repair/planCompression.ts';
import type { World } from '../world.ts';

export interface Compressible {
  /** Conversations that Codex would compress now, and what they come to. */
  readonly files: number;
  readonly bytes: number;
  /** Null when nobody can tell before it is done. */
  readonly estimate: Estimate | null;
}

export interface Estimate {
  readonly bytesAfter: number;
  readonly sampledFiles: number;
  readonly sampledBytes: number;
}

/** So many files are sampled, and of each so much: less than a second of work. */
const SAMPLES = 24;
const SAMPLE_BYTES = 2 * 1024 * 1024;

export async function sampleCompression(world: World, snapshot: Snapshot): Promise<Compressible> {
  const { cold } = coldRollouts(snapshot);
  const bytes = cold.reduce((sum, rollout) => sum + rollout.bytes, 0);
  let [sampledFiles, sampledBytes, packedBytes] = [0, 0, 0];
  for (const { file } of spread(cold, bytes)) {
    const size = await world.files.packedSize(file, SAMPLE_BYTES);
    if (size?.ok !== true) continue;
    sampledFiles += 1;
    sampledBytes += size.value.bytes;
    packedBytes += size.value.packedBytes;
    await world.files.pause(0);
  }
  const estimate =
    sampledBytes === 0
      ? null
      : {
          bytesAfter: Math.round((bytes * packedBytes) / sampledBytes),
          sampledFiles,
          sampledBytes,
        };
  return { files: cold.length, bytes, estimate };
}

/** At like distances through all the bytes, so that large files count for what they are. */
function spread(rollouts: readonly Rollout[], bytes: number): ReadonlySet<Rollout> {
  const chosen = new Set<Rollout>();
  let passed = 0;
  let next = 0;
  for (const rollout of rollouts) {
    passed += rollout.bytes;
    while (next < SAMPLES && passed > ((next + 0.5) * bytes) / SAMPLES) {
      chosen.add(rollout);
      next += 1;
    }
  }
  return chosen;
}
