// Brings rows, files and names together: what is said about one thread, from all sides.

import type { Row } from '../model/database.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Thread } from '../model/thread.ts';
import type { ThreadId } from '../model/words.ts';
import { withoutZst } from './layout.ts';

export function joinThreads(
  rows: readonly Row[],
  rollouts: readonly Rollout[],
  names: Readonly<Record<ThreadId, string>>,
): readonly Thread[] {
  const byFile = new Map(rollouts.map(rollout => [withoutZst(rollout.file), rollout]));
  // A plain file wins over its compressed twin, as it does for Codex.
  for (const rollout of rollouts) if (!rollout.compressed) byFile.set(rollout.file, rollout);
  const files = new Map<ThreadId, Rollout[]>();
  for (const rollout of rollouts) {
    const claims = new Set([rollout.name?.id, rollout.head.meta?.id]);
    for (const id of claims) if (id != null) append(files, id, rollout);
  }
  const byId = new Map(rows.map(row => [row.id, row]));
  const ids = new Set([...byId.keys(), ...files.keys()]);
  return [...ids].map(id =>
    joinThread(id, byId.get(id) ?? null, files.get(id) ?? [], names[id] ?? null, byFile),
  );
}

function joinThread(
  id: ThreadId,
  row: Row | null,
  claiming: readonly Rollout[],
  name: string | null,
  byFile: ReadonlyMap<string, Rollout>,
): Thread {
  const files = [...claiming].sort((one, other) => rank(one, id) - rank(other, id));
  const own = files.find(file => holdsThread(file, id)) ?? null;
  const bound = row === null ? null : (byFile.get(withoutZst(row.rolloutPath)) ?? null);
  const meta = own?.head.meta ?? null;
  const place = own ?? bound;
  return {
    id,
    row,
    files,
    own,
    bound,
    archived: place === null ? (row?.archived ?? false) : place.place === 'archived_sessions',
    title: titleOf(row, own, name),
    cwd: row?.cwd ?? meta?.cwd ?? '',
    project: row?.cwd ?? meta?.cwd ?? '',
    provider: row?.provider ?? meta?.provider ?? '',
    source: row?.source ?? meta?.source ?? '',
    historyMode: (row?.historyMode ?? meta?.historyMode) === 'paginated' ? 'paginated' : 'legacy',
    createdAtMs: row?.createdAtMs ?? (Date.parse(meta?.timestamp ?? '') || 0),
    updatedAtMs: row?.updatedAtMs ?? own?.modifiedMs ?? 0,
  };
}

/** A header that names the thread; or, where the header says nothing, the file's name. */
function holdsThread(file: Rollout, id: ThreadId): boolean {
  const claimed = file.head.meta?.id ?? file.name?.id;
  return claimed === id;
}

/** Name and header agree, in its own folder, plain: the likeliest first. */
function rank(file: Rollout, id: ThreadId): number {
  return (
    (file.head.meta?.id === id ? 0 : 8) +
    (file.name?.id === id ? 0 : 4) +
    (file.inItsFolder ? 0 : 2) +
    (file.compressed ? 1 : 0)
  );
}

function titleOf(row: Row | null, own: Rollout | null, name: string | null): string {
  const candidates = [row?.name, row?.title, name, row?.preview, own?.head.firstUserMessage];
  return candidates.find(text => text != null && text.trim() !== '') ?? '';
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
