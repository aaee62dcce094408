// Where repairs are made: a home, and the vault that belongs to it.

import type { Home } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import type { Hands } from '../hands.ts';
import { readLeaning } from '../scan/rollouts/readLeaning.ts';
import { readTables } from '../scan/closer/wholeRows.ts';
import type { World } from '../world.ts';
import type { Ground, Watch } from './steps/step.ts';
import type { Repair, Vault } from './vault.ts';

export interface Site {
  readonly world: World;
  readonly hands: Hands;
  readonly home: Pick<Home, 'path' | 'sqliteHome'>;
  readonly vault: Vault;
}

/** Our own folder in a home, or beside databases that lie elsewhere. Made when something is repaired. */
export function ownFolder({ machine }: World, place: FilePath): FilePath {
  return machine.join(place, 'session-health');
}

/** False where a place outside the home does not answer in time: to touch it could be to wait for ever. */
export async function answers({ files, outside }: World, place: FilePath): Promise<boolean> {
  if (!(await files.mayHang(place))) return true;
  if ((await outside.look([place])).get(place) === 'unknown') return false;
  // What it said before it fell silent the system goes on saying for a while.
  const state = await files.stat(place);
  return state.ok || state.trouble.code !== 'timeout';
}

/** Tables that Codex changes when it is asked about threads. */
const OBSERVED = ['threads', 'backfill_state'];

export function groundOf(
  { world, hands, home, vault }: Site,
  { folder, at }: Pick<Repair, 'folder' | 'at'>,
  watch: Watch = NOBODY_WAITS,
): Ground {
  let leaning: ReturnType<Ground['leaning']> | null = null;
  return {
    world,
    hands,
    keptFiles: vault.keptFiles(folder),
    tables: database => readTables(world, database, OBSERVED),
    locate: file => locate(world, home.path, file),
    leaning: () => (leaning ??= readLeaning(world, home.path, Date.parse(at))),
    watch,
  };
}

const NOBODY_WAITS: Watch = { signal: null, tell: () => undefined };

/** A rollout keeps its name when Codex archives its thread, and goes back to the folder of its date. */
async function locate(world: World, home: FilePath, file: FilePath): Promise<FilePath> {
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const date = /^rollout-(\d{4})-(\d{2})-(\d{2})T/.exec(name);
  if (date === null) return file;
  const [, year = '', month = '', day = ''] = date;
  const places = [
    file,
    world.machine.join(home, 'archived_sessions', name),
    world.machine.join(home, 'sessions', year, month, day, name),
  ];
  for (const place of places) if ((await world.files.stat(place)).ok) return place;
  return file;
}
