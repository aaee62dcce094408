// A home with sound threads and some others, and what can happen to its files.

import fc from 'fast-check';
import type { Trouble, World } from '../../src/engine/world.ts';
import { anyDamage, lineDamage, type Damage } from './damage.ts';
import { HOME, NOW, PROJECT, home, idOf, type HomeBuilder } from './home.ts';
import { createMemoryWorld, type MemoryFile } from './memoryWorld.ts';
import { packedRollout } from './packedRollout.ts';

const DAY = 24 * 60;
const OTHER = '/home/ada/work/two';

const forkOf = (key: string) => ({
  forked_from_id: idOf(key),
  forked_from_ordinal_exclusive: 5,
  history_base: { thread_id: idOf(key), end_ordinal_exclusive: 5, end_byte_offset: 99 },
});

/** Threads with nothing wrong about them. */
export const SOUND = ['p1', 'p2', 'p3', 'a1', 'l1', 'l2', 'l3', 'z1', 'f1', 'f2'] as const;
/** Forks, and the thread in whose file each begins. */
export const PARENTS: Readonly<Record<string, string>> = { f1: 'p1', f2: 'f1' };

const named = { row: { name: 'A name' } };

function sound(): HomeBuilder {
  return (
    home()
      .folder(OTHER)
      .thread('p1', { ...named, age: 70 })
      .thread('p2', { row: { name: 'P2' }, age: 2 * DAY, cwd: OTHER })
      .thread('p3', { ...named, age: 80, more: longLines() })
      .thread('a1', { ...named, age: 3 * DAY, archived: true })
      .thread('l1', { mode: 'legacy', age: 90 })
      .thread('l2', { mode: 'legacy', age: 2 * DAY, archived: true })
      .thread('l3', { mode: 'legacy', age: 3 * DAY, source: 'cli', cwd: OTHER })
      .thread('z1', { ...named, age: 60, file: false, row: zippedRow() })
      // A slice of a Buffer would not be a copy.
      .file(`${zippedPath()}.zst`, new Uint8Array(packedRollout('z1')))
      .thread('f1', { ...named, age: 65, header: forkOf('p1') })
      .thread('f2', { ...named, age: 64, header: forkOf('f1') })
      .name('p1', 'A name')
      .name('l1', 'Legacy')
      .file('.codex-global-state.json', '{"remote-projects":[{"hostId":"h","remotePath":"/r"}]}')
  );
}

/** Neighbours that have something wrong with them from the beginning. */
function withOthers(builder: HomeBuilder): HomeBuilder {
  return builder
    .thread('x1', { file: false })
    .thread('x2', { row: false, mode: 'legacy' })
    .thread('x3', { row: { cwd: OTHER } })
    .thread('x4', { row: { preview: '' }, archived: true })
    .name('x3', 'Third');
}

/** What lies in a home before anything happens to it. */
const BEFORE = {
  alone: new Map(sound().build().files),
  'among others': new Map(withOthers(sound()).build().files),
} as const;

export type Company = keyof typeof BEFORE;

/** Where the file of a sound thread lies. */
function fileOf(key: string): string {
  const found = [...BEFORE.alone.keys()].find(file => file.includes(idOf(key)));
  if (found === undefined) throw new Error(`there is no file of ${key}`);
  return found;
}

/** Longer than what is read of a file at its two ends. */
function longLines() {
  const message = { type: 'agent_message', message: 'word '.repeat(400) };
  return Array.from({ length: 50 }, () => ({ type: 'event_msg', payload: message }));
}

function zippedPath(): string {
  return `sessions/2026/11/21/rollout-2026-11-21T11-00-00-${idOf('z1')}.jsonl`;
}

function zippedRow() {
  return { name: 'A name', rollout_path: `${HOME}/${zippedPath()}` };
}

const REPLACEABLE = {
  state: `${HOME}/state_5.sqlite`,
  history: `${HOME}/thread_history_1.sqlite`,
  config: `${HOME}/config.toml`,
  names: `${HOME}/session_index.jsonl`,
  desktop: `${HOME}/.codex-global-state.json`,
  installation: `${HOME}/installation_id`,
} as const;

export type Part = keyof typeof REPLACEABLE;

export interface DamagedHome {
  readonly world: World;
  readonly company: Company;
  /** Of these threads the files were damaged, removed, or overwritten by that of another one. */
  readonly damagedThreads: ReadonlySet<string>;
  /** Of these threads a copy lies where the file of another one was. */
  readonly copiedThreads: ReadonlySet<string>;
  readonly damagedParts: ReadonlySet<Part>;
  /** Places at which something lies that a check needs, and that cannot be read. */
  readonly unreadable: ReadonlySet<string>;
  /** What happened, for whoever reads of a failure. */
  readonly what: string;
  [fc.toStringMethod](): string;
}

type Accident =
  | { readonly kind: 'damaged'; readonly damage: Damage }
  | { readonly kind: 'gone' }
  | { readonly kind: 'overwritten'; readonly by: string };

const accident: fc.Arbitrary<Accident> = fc.oneof(
  { weight: 6, arbitrary: lineDamage.map(damage => ({ kind: 'damaged' as const, damage })) },
  fc.constant({ kind: 'gone' as const }),
  fc.constantFrom(...SOUND).map(by => ({ kind: 'overwritten' as const, by })),
);

const databaseAccident = fc.option(
  fc.oneof(
    { weight: 5, arbitrary: anyDamage.map(damage => ({ kind: 'damaged' as const, damage })) },
    fc.constant({ kind: 'gone' as const }),
  ),
  { freq: 2 },
);

const partAccident = fc.option(
  lineDamage.map(damage => ({ kind: 'damaged' as const, damage })),
  { freq: 2 },
);

/** Noise that begins like a log, or like nothing. */
const log = fc
  .tuple(
    fc.constantFrom([], [0x37, 0x7f, 0x06, 0x82, 0, 0x2d, 0xe2, 0x18, 0, 0, 0x10, 0]),
    fc.uint8Array({ maxLength: 9000 }),
  )
  .map(([head, rest]) => new Uint8Array([...head, ...rest]));

const unreadablePlaces = fc.subarray(
  [
    HOME,
    `${HOME}/sessions`,
    `${HOME}/sessions/2026/11/21`,
    `${HOME}/archived_sessions`,
    ...Object.values(REPLACEABLE),
    ...SOUND.map(fileOf),
  ],
  { maxLength: 3 },
);

/** A home to which things have happened: to some of its files, or to none. */
export const damagedHome: fc.Arbitrary<DamagedHome> = fc
  .record({
    company: fc.constantFrom('alone', 'among others'),
    threads: fc.uniqueArray(fc.tuple(fc.constantFrom(...SOUND), accident), {
      selector: ([key]) => key,
      maxLength: 6,
    }),
    state: databaseAccident,
    history: databaseAccident,
    config: partAccident,
    names: partAccident,
    desktop: partAccident,
    installation: partAccident,
    log: fc.option(log),
    unreadable: fc.oneof(fc.constant<string[]>([]), unreadablePlaces),
    code: fc.constantFrom('denied', 'timeout', 'broken'),
  })
  .map(({ company, threads, log: wal, unreadable, code, ...parts }) => {
    const before = BEFORE[company];
    const files = new Map(before);
    const happened: string[] = [];
    const damagedThreads = new Set<string>();
    const copiedThreads = new Set<string>();
    const damagedParts = new Set<Part>();
    for (const [key, one] of threads) {
      if (!happen(files, fileOf(key), one)) continue;
      damagedThreads.add(key);
      if (one.kind === 'overwritten') copiedThreads.add(one.by);
      happened.push(`${key} ${one.kind}${one.kind === 'overwritten' ? ` by ${one.by}` : ''}`);
    }
    for (const [part, one] of Object.entries(parts) as [Part, Accident | null][])
      if (one !== null && happen(files, REPLACEABLE[part], one)) {
        damagedParts.add(part);
        happened.push(`${part} ${one.kind}`);
      }
    if (wal !== null) files.set(`${REPLACEABLE.state}-wal`, { bytes: wal, modifiedMs: NOW - 9e6 });
    const why = `nobody may read it (${code})`;
    if (wal !== null) happened.push('a log that is none');
    const what = [...happened, ...unreadable.map(at => `${at} ${code}`)].join('; ');
    return {
      company,
      world: worldOf(files, new Map(unreadable.map(at => [at, { code, why }]))),
      damagedThreads,
      copiedThreads,
      damagedParts,
      unreadable: new Set(
        unreadable.filter(at => at !== REPLACEABLE.installation && isThere(files, at)),
      ),
      what,
      [fc.toStringMethod]: () => `${company}: ${what || 'nothing happened'}`,
    };
  });

export function soundHome(company: Company): World {
  return worldOf(BEFORE[company], new Map());
}

function isThere(files: ReadonlyMap<string, MemoryFile>, at: string): boolean {
  return [...files.keys()].some(file => file === at || file.startsWith(`${at}/`));
}

/** Whether anything has changed by it. */
function happen(files: Map<string, MemoryFile>, file: string, one: Accident): boolean {
  const before = files.get(file);
  if (before === undefined) throw new Error(`there is no ${file}`);
  if (one.kind === 'gone') return files.delete(file);
  const bytes =
    one.kind === 'damaged'
      ? one.damage(before.bytes)
      : (BEFORE.alone.get(fileOf(one.by))?.bytes ?? before.bytes);
  files.set(file, { ...before, bytes });
  return Buffer.compare(bytes, before.bytes) !== 0;
}

function worldOf(
  files: ReadonlyMap<string, MemoryFile>,
  troubles: ReadonlyMap<string, Trouble>,
): World {
  return createMemoryWorld({
    files,
    troubles,
    folders: new Set([HOME, `${HOME}/sessions`, PROJECT, OTHER]),
    silent: new Set(),
    codexes: [],
    holders: [],
    filesystem: null,
    environment: {},
    nowMs: NOW,
  });
}
