// Under which providers threads are kept, and which of them Codex knows.

import type { Rollout } from '../../model/rollout.ts';
import type { Config } from '../../model/snapshot.ts';
import type { Thread } from '../../model/thread.ts';
import type { ThreadId } from '../../model/words.ts';
import { judgedThreads, type JudgedThread } from './causes.ts';
import { oncePerSnapshot } from './oncePerSnapshot.ts';

/**
 * What Codex knows without config.toml. Found by asking app-servers of 0.111 to 0.169 to start a
 * thread with each name that their programs contain: these were taken, all others were "not found".
 * `amazon-bedrock` is taken since 0.135 at the latest, and was not by 0.121.
 */
const BUILT_IN = ['openai', 'ollama', 'lmstudio', 'amazon-bedrock'];

/** Names that Codex knows and refuses: "`ollama-chat` is no longer supported". */
const RETIRED = ['ollama-chat'];

export interface Providers {
  readonly header: string | null;
  readonly row: string | null;
  /** The newest settings line; null also when it is in a part that was not read. */
  readonly settings: string | null;
  /** The different ones among them. */
  readonly all: readonly string[];
}

export function providersOf({ row }: Thread, { head, tail }: Rollout): Providers {
  const header = head.meta?.provider ?? null;
  const inRow = row?.provider ?? null;
  const settings = tail.settings?.provider ?? null;
  // Nearly always all of them say the same.
  const isOne =
    header !== null && header !== '' && header === inRow && (settings ?? header) === header;
  const named = isOne ? [header] : [header, inRow, settings].filter(id => id !== null && id !== '');
  const all = isOne ? [header] : [...new Set(named)].filter(id => id !== null);
  return { header, row: inRow, settings, all };
}

/** What the first lines of files say from which a thread was reverted, and which lists show as well. */
export function earlierProviders({ file, holders }: JudgedThread): readonly string[] {
  return holders
    .filter(other => other !== file)
    .flatMap(({ head }) => head.meta?.provider ?? [])
    .filter(id => id !== '');
}

export interface ProviderThreads {
  readonly id: string;
  readonly active: readonly ThreadId[];
  readonly archived: readonly ThreadId[];
}

/** Threads by provider; those that name several are the business of another check. */
export const threadsByProvider = oncePerSnapshot((snapshot): readonly ProviderThreads[] => {
  const found = new Map<string, { active: ThreadId[]; archived: ThreadId[] }>();
  for (const { thread, file } of judgedThreads(snapshot)) {
    const all = file === null ? [] : providersOf(thread, file).all;
    const [id] = all;
    if (id === undefined || all.length > 1) continue;
    const entry = found.get(id) ?? { active: [], archived: [] };
    found.set(id, entry);
    entry[thread.archived ? 'archived' : 'active'].push(thread.id);
  }
  return [...found].map(([id, entry]) => ({ id, ...entry }));
});

export function isKnownProvider(id: string, { definedProviders }: Config): boolean {
  return BUILT_IN.includes(id) || definedProviders.includes(id);
}

export function isRetiredProvider(id: string): boolean {
  return RETIRED.includes(id);
}
