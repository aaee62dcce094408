// Old conversations → a plan in which Codex compresses them. Pure: the same home at the same time of day
// gives the same plan. Codex cannot be told which ones to take, so it is said which ones it will.

import { askCodex } from '../checks/cures/curing.ts';
import { codexesBlindToCompressed } from '../checks/judging/olderCodexes.ts';
import type { Packing, Plan, Unit } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareVersions } from '../model/versions.ts';
import { Refusal } from '../refusal.ts';
import { sayForeseen } from './beyondPlan.ts';
import { asPlan } from './planRepairs.ts';

export interface CompressionPlan extends Plan {
  /** What Codex will compress, and what it comes to now. */
  readonly files: readonly Packing[];
  readonly bytes: number;
  readonly left: LeftPlain;
  /** Versions of Codex here that would drop these threads from their lists, and delete their entries. */
  readonly blind: readonly string[];
}

/** What stays plain, and why: counts. */
export interface LeftPlain {
  /** Somebody has written in it within a week. */
  readonly young: number;
  /** Codex finds no description of a thread in it, or does not know its name. */
  readonly unknown: number;
  /** Its compressed twin is there already. */
  readonly twins: number;
}

const DAY_MS = 24 * 3_600_000;
/** Seen in 0.160 and 0.169: what was written within a week stays as it is. */
const COLD_MS = 7 * DAY_MS;
/** The mark that a pass leaves; younger than this it keeps Codex from another one. */
export const REST_MS = 6 * 3_600_000;
/** The first that was seen to know the method. */
const SINCE = '0.160';

/** By what Codex takes: held against 0.160 and 0.169. */
export function coldRollouts({ rollouts, takenAtMs }: Snapshot): {
  readonly cold: readonly Rollout[];
  readonly left: LeftPlain;
} {
  const packed = new Set(rollouts.filter(({ compressed }) => compressed).map(({ path }) => path));
  const left = { young: 0, unknown: 0, twins: 0 };
  const cold = rollouts.filter(rollout => {
    if (rollout.compressed) return false;
    const why = whyLeft(rollout, packed, takenAtMs);
    if (why !== null) left[why] += 1;
    return why === null;
  });
  return { cold, left };
}

function whyLeft(
  { path, name, head, modifiedMs }: Rollout,
  packed: ReadonlySet<string>,
  nowMs: number,
): keyof LeftPlain | null {
  if (nowMs - modifiedMs < COLD_MS) return 'young';
  if (name === null || head.header === null) return 'unknown';
  return packed.has(`${path}.zst`) ? 'twins' : null;
}

/** `lastPassMs`: when Codex last compressed, by the mark that it has left; null when there is none. */
export function planCompression(
  snapshot: Snapshot,
  lastPassMs: number | null,
  hash: (text: string) => string,
): CompressionPlan {
  const { cold, left } = coldRollouts(snapshot);
  const files = cold.map(({ path, file, bytes, modifiedMs }) => ({
    finding: path,
    file,
    bytes,
    modifiedMs,
  }));
  const units = files.length === 0 ? [] : [unitFor(snapshot, cold, files)];
  if (units.length > 0) refuseTooSoon(lastPassMs, snapshot.takenAtMs);
  return {
    ...asPlan(units, [], hash),
    files,
    bytes: cold.reduce((sum, { bytes }) => sum + bytes, 0),
    left,
    blind: codexesBlindToCompressed(snapshot),
  };
}

function unitFor(snapshot: Snapshot, cold: readonly Rollout[], packs: readonly Packing[]): Unit {
  const findings = packs.map(({ finding }) => finding);
  const asking = askCodex(snapshot, [
    {
      method: 'rollout/compress',
      params: {},
      says: 'compresses the conversations that nobody has written in for a week',
      findings,
      threads: [...new Set(cold.flatMap(({ name }) => name?.id ?? []))],
      packs,
    },
  ]);
  if ('why' in asking)
    throw new Refusal(
      'no-codex',
      `Codex itself compresses conversations, and it cannot be started here: ${asking.why}.`,
      asking.next,
    );
  const version = snapshot.codexes.find(({ path }) => path === asking.codex)?.version ?? null;
  if (version === null || compareVersions(version, SINCE) < 0)
    throw new Refusal(
      'codex-too-old',
      `The newest Codex here that fits this home is ${version ?? 'of a version that could not be learnt'}; conversations are compressed by Codex ${SINCE} and newer.`,
      'Nothing was changed. Update Codex, start it once, and try again.',
    );
  return {
    findings,
    cure: { id: 'compress', title: 'Codex compresses old conversations' },
    says: `Codex compresses the conversations that nobody has written in for a week. ${sayForeseen(asking)}`.trim(),
    loses: 'nothing',
    needs: ['codex-started', 'codex-stopped'],
    steps: [asking],
  };
}

/** It would answer as ever, and do nothing. */
function refuseTooSoon(lastPassMs: number | null, nowMs: number): void {
  if (lastPassMs === null || nowMs - lastPassMs >= REST_MS) return;
  const minutes = Math.ceil((lastPassMs + REST_MS - nowMs) / 60_000);
  const wait =
    minutes < 90 ? `${String(minutes)} minutes` : `${String(Math.ceil(minutes / 60))} hours`;
  throw new Refusal(
    'compressed-lately',
    'Codex has compressed conversations of this home within the last six hours, and does it again no sooner.',
    `Nothing was changed. Try again in ${wait}.`,
  );
}
