// Where a change can change what a scan says.

import { parentOf } from '../model/paths.ts';
import type { Home } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { Machine, WatchedPlace } from '../world.ts';
import { ROLLOUT_PLACES } from './layout.ts';

/** While Codex works, the index of its shared memory changes with every query, and says nothing. */
const DATABASE = /\.sqlite(?:-wal|-journal)?$/;
export const SMALL_FILES = [
  ...['config.toml', 'installation_id', 'session_index.jsonl', '.codex-global-state.json'],
];
/** A lock that comes or goes tells that a program has begun or ended with a thread. */
export const WRITER_LOCKS = 'thread-writer-locks';

/** `linked`: where small files of the home really are that are links to somewhere else. */
export function watchedPlaces(
  { join }: Machine,
  { path, sqliteHome, logDir, aliases }: Home,
  linked: readonly FilePath[],
): readonly WatchedPlace[] {
  const inHome = (name: string) =>
    SMALL_FILES.includes(name) || name === WRITER_LOCKS || DATABASE.test(name);
  const isDatabase = (name: string) => DATABASE.test(name);
  const given = aliases.filter(({ at }) => at === '');
  return [
    { folder: path, isTree: false, names: inHome },
    // Of a link to the home only this is of interest, that it leads elsewhere now.
    ...given.map(link => ({ folder: link.path, isTree: false, names: () => false })),
    ...linked.map(file => ({
      folder: parentOf(file),
      isTree: false,
      names: (name: string) => name === nameIn(file),
    })),
    ...ROLLOUT_PLACES.map(place => ({ folder: join(path, place), isTree: true })),
    { folder: join(path, WRITER_LOCKS), isTree: false },
    // Codex has kept databases there, too.
    { folder: join(path, 'sqlite'), isTree: false, names: isDatabase },
    ...(sqliteHome === path ? [] : [{ folder: sqliteHome, isTree: false, names: isDatabase }]),
    ...(logDir === null ? [] : [{ folder: logDir, isTree: false, names: isDatabase }]),
  ];
}

function nameIn(file: FilePath): string {
  return file.slice(file.search(/[^/\\]*$/));
}
