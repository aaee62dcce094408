import type { Snapshot } from '../model/snapshot.ts';
import { isComparable, judgedThreads, type JudgedThread } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { whyDisposable } from './judging/disposableThreads.ts';
import { kindOfSource } from './judging/sources.ts';
import { archiveCure } from './cures/archiving.ts';

/** How many threads the list of Codex for VS Code asks for. */
const LIST = 50;
const MANY = 20;
const SHARE = 0.4;

export default defineCheck({
  id: 'list-crowded',
  title: 'Newest threads are mostly not your own',
  meaning: `Codex for VS Code and the desktop app show the newest fifty threads. Here at least twenty
of them worked in temporary directories, were made by scripts, or are sub-agents of other threads,
so that conversations in real projects are pushed out of sight. Those are complete, and can be
opened by their id or found by searching.

Archiving the ones that are in the way brings the others back; Codex can undo that at any time. Not
every surface counts all of them: scripts and sub-agents are left out of most lists, and the desktop
app has been seen to count them.`,
  severity: 'warning',
  needs: { 'state-database': 'seen', 'rollouts-active': 'whole', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    const newest = newestActive(snapshot);
    const kinds = newest.map(judged => ({ thread: judged.thread, kind: kindOf(judged, snapshot) }));
    const crowding = kinds.filter(({ kind }) => kind !== 'own');
    if (crowding.length < MANY) return;
    if (newest.length < LIST && crowding.length <= newest.length * SHARE) return;
    const count = (kind: Kind) => crowding.filter(entry => entry.kind === kind).length;
    yield {
      subject: { kind: 'home' as const, key: 'home', path: null },
      facts: {
        newest: newest.length,
        crowding: crowding.length,
        temporary: count('temporary'),
        automation: count('automation'),
        subAgents: count('sub-agent'),
      },
      threads: crowding.map(({ thread }) => thread.id),
    };
  },
  say: ({ newest, crowding, temporary, automation, subAgents }) =>
    `${String(crowding)} of the newest ${String(newest)} active threads are not conversations in a project (temporary ${String(temporary)}, scripts ${String(automation)}, sub-agents ${String(subAgents)}): they push others out of the lists.`,
  cures: [
    archiveCure('Let Codex archive the threads that crowd the others out', 'Codex archives them.'),
  ],
});

type Kind = 'temporary' | 'automation' | 'sub-agent' | 'own';

function newestActive(snapshot: Snapshot): readonly JudgedThread[] {
  return judgedThreads(snapshot)
    .filter(({ thread, cause, file }) => !thread.archived && file !== null && isComparable(cause))
    .sort((one, other) => other.thread.createdAtMs - one.thread.createdAtMs)
    .slice(0, LIST);
}

function kindOf({ thread, file }: JudgedThread, snapshot: Snapshot): Kind {
  if (file !== null && whyDisposable(thread, file, snapshot) !== null) return 'temporary';
  const kind = kindOfSource(thread.source);
  return kind === 'automation' || kind === 'sub-agent' ? kind : 'own';
}
