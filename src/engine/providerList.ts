// Under which providers the threads of a home are kept, and what that means for the person.

import { judgedThreads } from './checks/judging/causes.ts';
import {
  isKnownProvider,
  isRetiredProvider,
  providersOf,
  threadsByProvider,
} from './checks/judging/providers.ts';
import type { Report } from './model/report.ts';
import type { ThreadId } from './model/words.ts';
import type { Originals } from './repair/ledger.ts';

export interface ProviderList {
  /** The one of a thread that is started now. */
  readonly current: string;
  readonly providers: readonly ProviderEntry[];
  /** Threads that are recorded under several, so that no provider can be said to have them. */
  readonly disagreeing: readonly ThreadId[];
}

export interface ProviderEntry {
  readonly id: string;
  readonly isCurrent: boolean;
  /** `unknown`: config.toml could not be read. */
  readonly state: 'defined' | 'undefined' | 'retired' | 'unknown';
  readonly active: readonly ThreadId[];
  readonly archived: readonly ThreadId[];
  /** Of the active ones: those in the lists that Codex shows, and those that can be opened by id. */
  readonly listed: number;
  readonly resumable: number;
  /** Where threads of it were before we moved them, and how many. */
  readonly cameFrom: readonly { readonly provider: string; readonly threads: number }[];
}

export function listProviders(report: Report, originals: Originals): ProviderList {
  const { snapshot, visibility } = report;
  const { config } = snapshot;
  const found = threadsByProvider(snapshot);
  const ids = [...new Set([config.provider, ...found.map(({ id }) => id)])];
  const providers = ids.map((id): ProviderEntry => {
    const { active, archived } = found.find(one => one.id === id) ?? NOBODY;
    const seen = active.map(thread => visibility[thread]);
    return {
      id,
      isCurrent: id === config.provider,
      state: stateOf(id, report),
      active,
      archived,
      listed: seen.filter(one => one?.databaseList.shown === true).length,
      resumable: seen.filter(one => one?.resumable.answer === true).length,
      cameFrom: origins([...active, ...archived], id, originals),
    };
  });
  return { current: config.provider, providers, disagreeing: disagreeing(report) };
}

const NOBODY = { active: [], archived: [] } as const;

function stateOf(id: string, { snapshot: { config } }: Report): ProviderEntry['state'] {
  if (isRetiredProvider(id)) return 'retired';
  if (isKnownProvider(id, config)) return 'defined';
  return config.state === 'broken' || config.state === 'unread' ? 'unknown' : 'undefined';
}

function origins(threads: readonly ThreadId[], id: string, originals: Originals) {
  const counts = new Map<string, number>();
  for (const thread of threads) {
    const original = originals.get(thread);
    if (original === undefined || original === id) continue;
    counts.set(original, (counts.get(original) ?? 0) + 1);
  }
  return [...counts].map(([provider, count]) => ({ provider, threads: count }));
}

function disagreeing({ snapshot }: Report): readonly ThreadId[] {
  return judgedThreads(snapshot)
    .filter(({ thread, file }) => file !== null && providersOf(thread, file).all.length > 1)
    .map(({ thread }) => thread.id);
}
