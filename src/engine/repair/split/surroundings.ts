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
import { beginOf } from '../startUp/markedBlock.ts';
import { lookAtStartUp, type Already, type FoundStartUp } from '../startUp/startUpFiles.ts';
import { HOMES } from './homeLines.ts';
import { namesThatStay, SYSTEM_SKILLS } from './staying.ts';
import type { SplitWish } from './wish.ts';

export interface Surroundings {
  /** What is shared, as it lies in the home. */
  readonly shared: readonly SharedThing[];
  /** What is copied in any case. */
  readonly copied: readonly SharedThing[];
  /** Names of what else lies at the top of the home and goes to no host. */
  readonly stays: readonly string[];
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

/**
 * What a person has set up, as against what Codex keeps of conversations. Plugins among it: config.toml names
 * those that are on, and without the folder a home has none of them (seen in 0.142, 0.160 and 0.169).
 */
const SHARED = [
  ...['config.toml', 'auth.json', 'AGENTS.md', 'AGENTS.override.md', 'hooks.json'],
  ...['rules', 'skills', 'prompts', 'plugins', 'themes', 'agents', 'environments.toml', '.env'],
];
/** Settings that are chosen with `--profile` (seen in 0.142, 0.160 and 0.169, through a link as well). */
const PROFILE = /^[^.].*\.config\.toml$/;
/**
 * Marks of what Codex does once for each home. Without the first one 0.142 writes a personality into the
 * shared config.toml when it starts in a home that has conversations.
 */
const MARKS = ['.personality_migration', '.sandbox_migration'];
/**
 * Log-ins of MCP servers. Codex reads them through a link; 0.160 and 0.169 write and take out none through one
 * (0.142 does), so that what was renewed would be lost.
 */
export const MCP_KEYS = '.credentials.json';
const NAMES_BYTES = 256 * 1024 * 1024;

export async function lookAround(
  world: World,
  { home, state, databases }: Snapshot,
  wish: Pick<SplitWish, 'startUp'>,
  threads: readonly ThreadId[],
): Promise<Surroundings> {
  const names = await namesIn(world, home.path);
  const given = {
    shared: [...SHARED, ...names.filter(name => PROFILE.test(name))],
    copied: [...MARKS, MCP_KEYS],
  };
  const found: Record<keyof typeof given, SharedThing[]> = { shared: [], copied: [] };
  for (const what of ['shared', 'copied'] as const)
    for (const name of given[what])
      found[what].push(...(await lookAtShared(world, world.machine.join(home.path, name), name)));
  const tables: Record<FilePath, readonly ThreadTable[]> = {};
  for (const database of databases.filter(isOfThreads))
    tables[database.file] = needed(await findThreadTables(world, database.file), database.file);
  const taken = new Set([...given.shared, ...given.copied]);
  return {
    ...found,
    stays: namesThatStay(names, name => taken.has(name)),
    names: await readNames(world, world.machine.join(home.path, NAMES)),
    startUp: await lookAtStartUp(world, wish.startUp, SPLIT_ALREADY),
    rows: state === null ? [] : await rowsBesides(world, state.database.file, threads),
    tables,
  };
}

async function namesIn({ files }: World, folder: FilePath): Promise<readonly string[]> {
  const listed = await files.list(folder);
  if (listed.ok) return listed.value.map(({ path }) => path);
  throw new Refusal(
    'home-unreadable',
    `What lies in ${folder} cannot be listed: ${listed.trouble.why}.`,
    'Nothing was changed. Make it readable, and try again.',
  );
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
    if (below.startsWith(SYSTEM_SKILLS)) continue;
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

const SPLIT_ALREADY: Already = {
  line: beginOf(HOMES),
  refusal: file =>
    new Refusal(
      'split-already',
      `${file} already gives each host a Codex home of its own.`,
      'Nothing was changed. Undo that split first (codex-health history names it), or take the marked lines out by hand.',
    ),
};
