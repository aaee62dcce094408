// Archiving, and taking out of the archive, as Codex does it: the threads of a thread's agents go along.

import type { CloserLook } from '../../model/closerLook.ts';
import type { Call } from '../../model/plan.ts';
import type { Codex, Snapshot } from '../../model/snapshot.ts';
import { compareVersions } from '../../model/versions.ts';
import type { ThreadId } from '../../model/words.ts';
import type { Cure, Facts } from '../check.ts';
import { judgedThread } from '../judging/causes.ts';
import { countOf } from '../words.ts';
import { asDraft, askCodex, CHOSEN } from './curing.ts';

type Method = 'thread/archive' | 'thread/unarchive';

/** Releases that were seen to take the threads of agents along; 0.121 and 0.160 were seen not to. */
const TAKES_ALONG: Readonly<Record<Method, string>> = {
  'thread/archive': '0.128',
  'thread/unarchive': '0.169',
};

/** From where Codex takes them, and in which words. */
const WAYS = {
  'thread/archive': { from: 'sessions', says: 'archives a thread' },
  'thread/unarchive': { from: 'archived_sessions', says: 'takes a thread out of the archive' },
} as const;

/** One call for each thread; what that does to others as well is foreseen in it. */
export function archivingCalls(
  method: Method,
  finding: string,
  threads: readonly ThreadId[],
  snapshot: Snapshot,
  { agents }: CloserLook,
): (codex: Codex) => readonly Call[] {
  const { from, says } = WAYS[method];
  return ({ version }) =>
    threads.map(thread => {
      const takesAlong = compareVersions(version ?? '0', TAKES_ALONG[method]) >= 0;
      const along = (takesAlong ? (agents[thread] ?? []) : []).filter(
        id => judgedThread(snapshot, id)?.file?.place === from,
      );
      return {
        method,
        params: { threadId: thread },
        says:
          along.length === 0
            ? says
            : `${says} with ${countOf(along.length, 'thread')} of its agents`,
        findings: [finding],
        threads: [thread, ...along],
      };
    });
}

/** A cure that somebody has to choose: Codex archives the threads of the finding. */
export function archiveCure<F extends Facts>(title: string, says: string): Cure<F> {
  return {
    ...CHOSEN,
    id: 'archive',
    title,
    limits:
      'It frees no room: archived threads stay on disk, and can be read. With a thread Codex also archives those of its agents, wherever they worked; the plan counts them.',
    needs: ['codex-stopped', 'codex-started'],
    phase: 'codex',
    wishes: ({ threads }) => ({ agents: threads }),
    plan: ({ id, threads }, snapshot, closer) =>
      asDraft(
        says,
        askCodex(snapshot, archivingCalls('thread/archive', id, threads, snapshot, closer)),
      ),
  };
}
