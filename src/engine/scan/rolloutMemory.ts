// What was learnt of rollouts in earlier scans. A rollout is recognised by place, size, times and
// identity together; one that differs in any of them is read again. Only rollouts without anything
// strange about them are remembered, and nothing that is remembered lies in a Codex home.

import type { Rollout, RolloutHead, RolloutMeta, RolloutTail } from '../model/rollout.ts';
import type { FileState, Memory } from '../world.ts';
import { packRecords, unpackRecords, type FlatRecord } from './columns.ts';

/** Times of files are coarse: a write right after our look could leave them as they were. */
const SETTLED_MS = 2000;
/** Another number whenever heads or tails are read in another way than before. */
const FORMAT = 2;

export interface KnownRollout {
  readonly head: RolloutHead;
  readonly tail: RolloutTail;
}

export interface RolloutMemory {
  /** What is known of the file at this path, when it is still the same file. */
  recall(path: string, state: FileState): KnownRollout | null;
  /** Whether something is remembered at all, so that asking for states is worth the while. */
  readonly isEmpty: boolean;
}

const key = (homeKey: string) => `rollouts-${homeKey}`;

export async function recallRollouts(memory: Memory, homeKey: string): Promise<RolloutMemory> {
  const records = parse(await memory.recall(key(homeKey)));
  const known = new Map(records.map(record => [record['path'], record]));
  return {
    isEmpty: known.size === 0,
    recall: (path, state) => {
      const record = known.get(path);
      return record !== undefined && isSame(record, state) ? asKnown(record) : null;
    },
  };
}

export async function rememberRollouts(
  memory: Memory,
  homeKey: string,
  rollouts: readonly (readonly [Rollout, FileState])[],
  now: number,
): Promise<void> {
  const records = rollouts.flatMap(([rollout, state]) => {
    const { head } = rollout;
    const isPlain = head.state === 'sound' && head.header?.line === 0 && head.isUtf8;
    const isSettled = now - state.changedMs > SETTLED_MS;
    return isPlain && isSettled && head.meta !== null ? [asRecord(rollout, state, head.meta)] : [];
  });
  await memory.remember(
    key(homeKey),
    JSON.stringify({ format: FORMAT, rollouts: packRecords(records) }),
  );
}

function parse(text: string | null): readonly FlatRecord[] {
  if (text === null) return [];
  try {
    const { format, rollouts } = JSON.parse(text) as { format?: unknown; rollouts?: unknown };
    return format === FORMAT ? (unpackRecords(rollouts) ?? []) : [];
  } catch {
    return [];
  }
}

function isSame(record: FlatRecord, state: FileState): boolean {
  return (
    record['bytes'] === state.bytes &&
    record['modifiedMs'] === state.modifiedMs &&
    record['changedMs'] === state.changedMs &&
    record['identity'] === state.identity
  );
}

const META = [
  'id',
  'timestamp',
  'cwd',
  'originator',
  'cliVersion',
  'source',
  'provider',
  'historyMode',
  'isRefusedByNewer',
  'forkedFrom',
  'historyBase',
  'historyFile',
  'isCwdARoot',
  'gitBranch',
  'gitCommit',
  'gitOrigin',
] as const satisfies readonly (keyof RolloutMeta)[];

function asRecord({ path, head, tail }: Rollout, state: FileState, meta: RolloutMeta): FlatRecord {
  return {
    path,
    bytes: state.bytes,
    modifiedMs: state.modifiedMs,
    changedMs: state.changedMs,
    identity: state.identity,
    ...Object.fromEntries(META.map(name => [`meta.${name}`, meta[name]])),
    message: head.firstUserMessage,
    isMessage: head.userMessage !== null,
    isItem: head.userItem !== null,
    reaches: head.reachesFirstMessage,
    firstCwd: head.firstCwd,
    isWholeFile: tail.isWholeFile,
    ending: tail.ending,
    lastHasOrdinal: tail.lastHasOrdinal,
    hasSettings: tail.settings !== null,
    settingsProvider: tail.settings?.provider ?? null,
    settingsCwd: tail.settings?.cwd ?? null,
    latestCwd: tail.latestCwd,
  };
}

function asKnown(record: FlatRecord): KnownRollout {
  // What was written by asRecord has these types; anything else was refused with the format.
  const value = record as Readonly<Record<string, never>>;
  const meta = Object.fromEntries(META.map(name => [name, value[`meta.${name}`]])) as never;
  const { message = null } = value;
  return {
    head: {
      state: 'sound',
      why: null,
      meta,
      header: { meta, line: 0 },
      firstUserMessage: message,
      userMessage: value['isMessage'] === true ? message : null,
      userItem: value['isItem'] === true ? message : null,
      reachesFirstMessage: value['reaches'] ?? false,
      firstCwd: value['firstCwd'] ?? null,
      isUtf8: true,
    },
    tail: {
      isWholeFile: value['isWholeFile'] ?? false,
      ending: value['ending'] ?? 'unread',
      lastHasOrdinal: value['lastHasOrdinal'] ?? null,
      settings:
        value['hasSettings'] === true
          ? { provider: value['settingsProvider'] ?? null, cwd: value['settingsCwd'] ?? null }
          : null,
      latestCwd: value['latestCwd'] ?? null,
    },
  };
}
