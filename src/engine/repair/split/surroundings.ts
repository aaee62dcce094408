// What a split must know beyond a scan: what lies in the home besides conversations, what start-up files
// there are, and what the databases say of threads. Looks only; keys and settings are not looked into.

import type { ThreadTable } from '../../model/plan.ts';
import type { Database } from '../../model/database.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { FilePath, ThreadId } from '../../model/words.ts';
import { Refusal } from '../../refusal.ts';
import {
  findThreadTables,
  readThreadRows,
  type ThreadRow,
} from '../../scan/closer/threadTables.ts';
import type { World } from '../../world.ts';
import { NAMES } from '../observe.ts';
import { BEGIN } from './startUpLines.ts';
import type { SplitWish, Shell } from './wish.ts';

export interface Surroundings {
  /** What is shared, as it lies in the home. */
  readonly shared: readonly SharedThing[];
  /** What is copied in any case. */
  readonly marks: readonly SharedThing[];
  /** Lines of session_index.jsonl, in their order. */
  readonly names: readonly { readonly thread: ThreadId; readonly line: string }[];
  readonly startUp: readonly FoundStartUp[];
  /** Whole rows of the state database that belong to threads, but for those of `threads`. */
  readonly rows: readonly ThreadRow[];
  /** Of each other database that Codex keeps: the tables whose rows belong to threads. */
  readonly tables: Readonly<Record<FilePath, readonly ThreadTable[]>>;
}

export type SharedThing =
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly bytes: number;
      readonly modifiedMs: number;
    }
  | { readonly kind: 'link'; readonly name: string; readonly target: FilePath }
  /** `within`: all that is in it. */
  | { readonly kind: 'folder'; readonly name: string; readonly within: readonly SharedThing[] };

export interface FoundStartUp {
  readonly shell: Shell;
  /** Without links: a link to a file among dotfiles stays one. */
  readonly file: FilePath;
  readonly was: { readonly bytes: number; readonly modifiedMs: number } | null;
}

/** What a person has set up, as against what Codex keeps of conversations. */
const SHARED = [
  ...['config.toml', 'auth.json', 'AGENTS.md', 'AGENTS.override.md'],
  ...['rules', 'skills', 'prompts'],
];
/**
 * Marks of what Codex does once for each home. Without the first one 0.142 writes a personality into the
 * shared config.toml when it starts in a home that has conversations.
 */
const MARKS = ['.personality_migration', '.sandbox_migration'];
const NAMES_BYTES = 256 * 1024 * 1024;
const START_UP_BYTES = 16 * 1024 * 1024;

export async function lookAround(
  world: World,
  { home, state, databases }: Snapshot,
  wish: Pick<SplitWish, 'startUp'>,
  threads: readonly ThreadId[],
): Promise<Surroundings> {
  const found: Record<'shared' | 'marks', SharedThing[]> = { shared: [], marks: [] };
  for (const [what, names] of [
    ['shared', SHARED],
    ['marks', MARKS],
  ] as const)
    for (const name of names)
      found[what].push(...(await lookAtShared(world, world.machine.join(home.path, name), name)));
  const tables: Record<FilePath, readonly ThreadTable[]> = {};
  for (const database of databases.filter(isOfThreads))
    tables[database.file] = needed(await findThreadTables(world, database.file), database.file);
  return {
    ...found,
    names: await readNames(world, world.machine.join(home.path, NAMES)),
    startUp: await lookAtStartUp(world, wish.startUp),
    rows: state === null ? [] : await rowsBesides(world, state.database.file, threads),
    tables,
  };
}

function isOfThreads({ family, trouble }: Database): boolean {
  return trouble === null && !['state', 'logs'].includes(family);
}

async function rowsBesides(
  world: World,
  file: FilePath,
  threads: readonly ThreadId[],
): Promise<readonly ThreadRow[]> {
  const tables = needed(await findThreadTables(world, file), file);
  return needed(await readThreadRows(world, file, tables, threads), file);
}

function needed<T>(found: T | null, file: FilePath): T {
  if (found !== null) return found;
  throw new Refusal(
    'database-unreadable',
    `What ${file} says of threads could not be read, and would be missing in the new homes.`,
    'Nothing was changed. codex-health scan says what is wrong with it; repair that first.',
  );
}

async function lookAtShared(
  world: World,
  file: FilePath,
  name: string,
): Promise<readonly SharedThing[]> {
  const state = await world.files.stat(file);
  if (!state.ok && state.trouble.code === 'missing') return [];
  if (!state.ok)
    throw new Refusal(
      'shared-unreadable',
      `${file} cannot be looked at: ${state.trouble.why}.`,
      'Nothing was changed. Make it readable, or move it away, and try again.',
    );
  const { kind, bytes, modifiedMs } = state.value;
  if (kind !== 'folder') return [{ kind: 'file', name, bytes, modifiedMs }];
  const within: SharedThing[] = [];
  const tree = await world.files.tree(file);
  for (const entry of tree.ok ? tree.value.entries : []) {
    const below = `${name}/${entry.path}`;
    const target = entry.kind === 'link' ? await world.files.readLink(entry.file) : null;
    if (target?.ok === true) within.push({ kind: 'link', name: below, target: target.value });
    else if (entry.kind === 'file') within.push(...(await lookAtShared(world, entry.file, below)));
  }
  return [{ kind: 'folder', name, within }];
}

async function readNames(world: World, file: FilePath): Promise<Surroundings['names']> {
  const read = await world.files.whole(file, NAMES_BYTES);
  if (!read.ok) return [];
  return new TextDecoder()
    .decode(read.value)
    .split('\n')
    .flatMap(line => {
      const thread = idIn(line);
      return thread === null ? [] : [{ thread, line }];
    });
}

function idIn(line: string): ThreadId | null {
  try {
    const { id } = JSON.parse(line) as { readonly id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

async function lookAtStartUp(
  world: World,
  files: SplitWish['startUp'],
): Promise<readonly FoundStartUp[]> {
  const found = new Map<FilePath, FoundStartUp>();
  for (const { shell, file: named } of files) {
    const file = await world.files.realPath(named);
    // Two names of one file: it needs the lines once.
    if (found.has(file)) continue;
    const state = await world.files.stat(file);
    if (!state.ok && state.trouble.code === 'missing') {
      found.set(file, { shell, file, was: null });
      continue;
    }
    const read = await world.files.whole(file, START_UP_BYTES);
    if (!state.ok || !read.ok)
      throw new Refusal(
        'start-up-unreadable',
        `${named} cannot be read, so that nothing can be put into it.`,
        'Nothing was changed. Make it readable, or leave this shell out.',
      );
    if (new TextDecoder().decode(read.value).includes(BEGIN))
      throw new Refusal(
        'split-already',
        `${named} already gives each host a Codex home of its own.`,
        'Nothing was changed. Undo that split first (codex-health history names it), or take the marked lines out by hand.',
      );
    const { bytes, modifiedMs } = state.value;
    found.set(file, { shell, file, was: { bytes, modifiedMs } });
  }
  return [...found.values()];
}
