// Brings rows, files and names together: what is said about one thread, from all sides.

import type { Row } from '../model/database.ts';
import type { Rollout } from '../model/rollout.ts';
import { canonicalPath, directoryKey } from '../model/paths.ts';
import type { Home } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath, HomePath, ThreadId } from '../model/words.ts';
import type { EarlierThreads } from './standing.ts';
import { withoutZst } from './layout.ts';

export function joinThreads(
  rows: readonly Row[],
  rollouts: readonly Rollout[],
  names: Readonly<Record<ThreadId, string>>,
  home: Home,
  earlier: EarlierThreads | null = null,
): readonly Thread[] {
  const again = earlier === null ? null : joinAgain(earlier, rows, rollouts, names, home);
  if (again !== null) return again;
  const files = new Map<ThreadId, Rollout[]>();
  for (const rollout of rollouts) {
    const named = rollout.name?.id ?? null;
    const described = rollout.head.meta?.id ?? null;
    if (named !== null) append(files, named, rollout);
    if (described !== null && described !== named) append(files, described, rollout);
  }
  const byId = new Map(rows.map(row => [row.id, row]));
  const withoutRow = [...files.keys()].filter(id => !byId.has(id));
  const homePathOf = readerOfPaths(home);
  let byPath: ReadonlyMap<HomePath, Rollout> | null = null;
  const boundTo = ({ rolloutPath }: Row) => {
    const path = homePathOf(rolloutPath);
    if (path === null) return null;
    byPath ??= plainestByPath(rollouts);
    return byPath.get(withoutZst(path)) ?? null;
  };
  const projectOf = oneSpellingEach(home);
  return [...byId.keys(), ...withoutRow].map(id => {
    const row = byId.get(id) ?? null;
    const claiming = files.get(id) ?? [];
    const bound = row === null ? null : (pointedAt(row, claiming) ?? boundTo(row));
    const name = names[id] ?? null;
    const known = earlier?.threads.get(id);
    const isSame =
      known?.row === row &&
      known.bound === bound &&
      (earlier?.names[id] ?? null) === name &&
      hasFiles(known, claiming);
    return isSame
      ? inProject(known, projectOf)
      : joinThread(id, row, claiming, name, bound, projectOf);
  });
}

/** A plain file wins over its compressed twin, as it does for Codex. */
function plainestByPath(rollouts: readonly Rollout[]): ReadonlyMap<HomePath, Rollout> {
  const byPath = new Map<HomePath, Rollout>();
  for (const rollout of rollouts)
    if (!rollout.compressed || !byPath.has(withoutZst(rollout.path)))
      byPath.set(withoutZst(rollout.path), rollout);
  return byPath;
}

/** The file at which a row points in just these words, as nearly all do: no other way to it is sought. */
function pointedAt({ rolloutPath }: Row, files: readonly Rollout[]): Rollout | undefined {
  return files.find(({ compressed, file }) => !compressed && file === rolloutPath);
}

/**
 * When nothing has come or gone, and rows and files only say something else than before, only the
 * threads that they are of are joined again. Null where it is not so.
 */
function joinAgain(
  earlier: EarlierThreads,
  rows: readonly Row[],
  rollouts: readonly Rollout[],
  names: Readonly<Record<ThreadId, string>>,
  home: Home,
): readonly Thread[] | null {
  if (names !== earlier.names) return null;
  const newRows = replacements(earlier.rows, rows, isRowOfSame);
  const newFiles = replacements(earlier.rollouts, rollouts, isFileOfSame);
  if (newRows === null || newFiles === null) return null;
  if (newRows.size === 0 && newFiles.size === 0) return earlier.list;
  const now = (file: Rollout) => newFiles.get(file) ?? file;
  const projectOf = oneSpellingEach(home);
  return earlier.list.map(thread => {
    const row = thread.row === null ? null : (newRows.get(thread.row) ?? thread.row);
    const bound = thread.bound === null ? null : now(thread.bound);
    const isSame =
      row === thread.row &&
      bound === thread.bound &&
      !thread.files.some(file => newFiles.has(file));
    if (isSame) return inProject(thread, projectOf);
    // In the order in which they were found, which decides between those of one rank.
    const places = new Map(thread.files.map(file => [file, earlier.rollouts.indexOf(file)]));
    const claiming = [...thread.files]
      .sort((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0))
      .map(now);
    return joinThread(thread.id, row, claiming, names[thread.id] ?? null, bound, projectOf);
  });
}

/** What stands in the place of what; null when they are not of the same things, one by one. */
function replacements<T>(
  before: readonly T[],
  now: readonly T[],
  isOfSame: (one: T, other: T) => boolean,
): ReadonlyMap<T, T> | null {
  const found = new Map<T, T>();
  if (before === now) return found;
  if (before.length !== now.length) return null;
  for (const [at, one] of before.entries()) {
    const other = now[at] as T;
    if (one === other) continue;
    if (!isOfSame(one, other)) return null;
    found.set(one, other);
  }
  return found;
}

function isRowOfSame(one: Row, other: Row): boolean {
  return one.id === other.id && one.rolloutPath === other.rolloutPath;
}

function isFileOfSame(one: Rollout, other: Rollout): boolean {
  return one.path === other.path && one.head.meta?.id === other.head.meta?.id;
}

/** Its files are those that claim it, in another order when there are several. */
function hasFiles({ files }: Thread, claiming: readonly Rollout[]): boolean {
  return files.length === claiming.length && claiming.every(file => files.includes(file));
}

/** Which spelling is the first may have changed, though the thread is as it was. */
function inProject(thread: Thread, projectOf: ProjectOf): Thread {
  const project = projectOf(thread.cwd);
  return project === thread.project ? thread : { ...thread, project };
}

type ProjectOf = (directory: FilePath) => FilePath;

/** The project of a directory: all spellings of one come to the first of them, tidied up. */
function oneSpellingEach({ system }: Home): ProjectOf {
  const projects = new Map<string, FilePath>();
  return directory => {
    const known = projects.get(directory);
    if (known !== undefined) return known;
    const key = directoryKey(directory, system);
    const project = projects.get(key) ?? canonicalPath(directory, system);
    projects.set(directory, project).set(key, project);
    return project;
  };
}

/** Tells where in the home a path is, however it is spelt; null when it is elsewhere. */
function readerOfPaths(home: Home): (path: string) => HomePath | null {
  const roots = [{ path: home.path, at: '' }, ...home.aliases].map(({ path, at }) => ({
    root: `${path.replaceAll('\\', '/').replace(/\/+$/, '')}/`,
    at: at === '' ? '' : `${at}/`,
  }));
  return path => {
    const isPlain = !path.includes('\\');
    const plain = isPlain ? path : path.replace(/^\\\\\?\\/, '').replaceAll('\\', '/');
    for (const { root, at } of roots)
      if (plain.startsWith(root)) return `${at}${plain.slice(root.length)}`;
    return null;
  };
}

function joinThread(
  id: ThreadId,
  row: Row | null,
  claiming: readonly Rollout[],
  name: string | null,
  bound: Rollout | null,
  projectOf: ProjectOf,
): Thread {
  const files =
    claiming.length < 2
      ? claiming
      : [...claiming].sort(
          (one, other) => rank(one, id, bound) - rank(other, id, bound) || byAge(one, other),
        );
  const own = files.find(file => holdsThread(file, id)) ?? null;
  const meta = own?.head.meta ?? null;
  const cwd = row?.cwd ?? meta?.cwd ?? '';
  const place = own ?? files[0] ?? (bound !== null && claimOf(bound) === null ? bound : null);
  return {
    id,
    row,
    files,
    own,
    bound,
    archived: place === null ? (row?.archived ?? false) : place.place === 'archived_sessions',
    title: titleOf(row, own, name),
    cwd,
    project: projectOf(cwd),
    provider: row?.provider ?? meta?.provider ?? '',
    source: row?.source ?? meta?.source ?? '',
    historyMode: (row?.historyMode ?? meta?.historyMode) === 'paginated' ? 'paginated' : 'legacy',
    createdAtMs: row?.createdAtMs ?? (Date.parse(meta?.timestamp ?? '') || 0),
    updatedAtMs: row?.updatedAtMs ?? own?.modifiedMs ?? 0,
  };
}

/** A header that names the thread; or, where the header says nothing, the file's name. */
function holdsThread(file: Rollout, id: ThreadId): boolean {
  return claimOf(file) === id;
}

function claimOf(file: Rollout): ThreadId | null {
  return file.head.meta?.id ?? file.name?.id ?? null;
}

/**
 * Name and header agree, in its own folder, the one to which the row points, plain: the likeliest
 * first.
 */
function rank(file: Rollout, id: ThreadId, bound: Rollout | null): number {
  return (
    (file.head.meta?.id === id ? 0 : 16) +
    (file.name?.id === id ? 0 : 8) +
    (file.inItsFolder ? 0 : 4) +
    (file === bound ? 0 : 2) +
    (file.compressed ? 1 : 0)
  );
}

/** The newest first: of a thread that goes on in a new file, the last one is where it stands. */
function byAge(one: Rollout, other: Rollout): number {
  const ageOf = ({ name }: Rollout) => `${name?.stamp ?? ''}_${name?.segment ?? ''}`;
  return ageOf(one) === ageOf(other) ? 0 : ageOf(one) < ageOf(other) ? 1 : -1;
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
