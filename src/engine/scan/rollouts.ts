import type { Gap, Source } from '../model/gap.ts';
import type { Rollout, RolloutHead, RolloutTail } from '../model/rollout.ts';
import type { FilePath } from '../model/words.ts';
import type { FileEnds, Read, Tree, World } from '../world.ts';
import { canonicalFolder, isRolloutFile, parseRolloutName, ROLLOUT_PLACES } from './layout.ts';
import { readHead, readTail } from './rolloutHead.ts';

/** Holds the longest first lines that Codex writes, and the first message behind them. */
const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 16 * 1024;

/** Finds the rollouts of both trees and reads their heads and tails. */
export async function readRollouts(
  world: World,
  home: FilePath,
  gaps: Gap[],
): Promise<readonly Rollout[]> {
  const rollouts: Rollout[] = [];
  for (const place of ROLLOUT_PLACES) {
    const source: Source = place === 'sessions' ? 'rollouts-active' : 'rollouts-archived';
    const root = world.machine.join(home, place);
    const tree = await world.files.tree(root);
    for (const path of rolloutPaths(tree, source, root, gaps)) {
      const file = world.machine.join(root, path);
      const ends = await world.files.ends(file, HEAD_BYTES, TAIL_BYTES);
      // A file that went away while we looked was never part of this picture.
      if (!ends.ok && ends.trouble.code === 'missing') continue;
      if (!ends.ok) gaps.push({ source, path: file, why: ends.trouble.why, extent: 'part' });
      rollouts.push(asRollout(place, path, file, ends));
    }
  }
  return rollouts;
}

function rolloutPaths(tree: Read<Tree>, source: Source, root: FilePath, gaps: Gap[]): string[] {
  if (!tree.ok) {
    // A home without an archive is a home where nothing was archived.
    if (tree.trouble.code !== 'missing')
      gaps.push({ source, path: root, why: tree.trouble.why, extent: 'all' });
    return [];
  }
  for (const { path, trouble } of tree.value.troubles)
    gaps.push({ source, path, why: trouble.why, extent: 'part' });
  return tree.value.entries
    .filter(({ kind, path }) => kind === 'file' && isRolloutFile(lastPart(path)))
    .map(({ path }) => path)
    .sort();
}

function asRollout(
  place: Rollout['place'],
  path: string,
  file: FilePath,
  ends: Read<FileEnds>,
): Rollout {
  const name = parseRolloutName(lastPart(path));
  const folder = path.includes('/') ? `${place}/${path.slice(0, path.lastIndexOf('/'))}` : place;
  const compressed = path.endsWith('.zst');
  return {
    path: `${place}/${path}`,
    file,
    place,
    compressed,
    bytes: ends.ok ? ends.value.state.bytes : 0,
    modifiedMs: ends.ok ? ends.value.state.modifiedMs : 0,
    name,
    inItsFolder: name !== null && folder === canonicalFolder(place, name),
    ...(ends.ok ? readEnds(ends.value) : UNREAD),
    body: null,
  };
}

function readEnds(ends: FileEnds): { head: RolloutHead; tail: RolloutTail } {
  const isWhole = ends.head.length === ends.state.bytes;
  return {
    head: readHead(ends.head, isWhole),
    tail: readTail(isWhole ? ends.head : ends.tail, isWhole),
  };
}

const UNREAD: { head: RolloutHead; tail: RolloutTail } = {
  head: {
    state: 'unread',
    why: null,
    meta: null,
    firstUserMessage: null,
    reachesFirstMessage: false,
  },
  tail: { isWholeFile: false, ending: 'unread', settings: null, latestCwd: null },
};

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
