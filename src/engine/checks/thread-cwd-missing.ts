import { isOfOtherHost } from '../hosts/attribution.ts';
import type { PathState, Snapshot } from '../model/snapshot.ts';
import type { Thread } from '../model/thread.ts';
import type { FilePath } from '../model/words.ts';
import { judgedThreads } from './judging/causes.ts';
import { defineCheck, type Objection } from './check.ts';
import { CHOSEN } from './cures/curing.ts';
import { FILE_GONE, GONE_ON, heldThread, moveThread, wishesToMove } from './cures/moveThread.ts';
import { threadSubject } from './subjects.ts';
import { onlySuccessor, type Judged } from './cures/successors.ts';
import { directoryOfThread } from './cures/threadValues.ts';
import { disagreement, isTemporaryThread } from './judging/workingDirectories.ts';

const OLD_MS = 90 * 24 * 60 * 60 * 1000;

export default defineCheck({
  id: 'thread-cwd-missing',
  title: 'Working directory is gone',
  meaning: `The directory in which this thread worked does not exist on this machine: it was moved,
renamed or removed, it was a worktree, or it is on a disk that is not mounted. The conversation is
complete and can be read and resumed; Codex does not warn, and what it then runs has no directory
to run in. Lists that are filtered by folder no longer show the thread for the project's new place.

For an archived thread, and for one that nobody has touched for ninety days, this is only a note.
A directory in a temporary place is not meant here, nor that of a thread which belongs to another host.

The repair lets the thread work in the directory that has taken its place: the first line of its
file, its newest settings and the database name it then, with the roots of the workspace that have
moved along, so that every list, every filter by folder and every later turn agree, also after Codex
has made its index anew. Resuming in another directory does not do that: lists that look through the
files go on to show the old one.

**You choose the directory** with \`--to DIR\`; for a whole project at once, name the check:
\`codex-health apply --check thread-cwd-missing --to DIR\`. Where threads have worked in several folders
of the project, DIR takes the place of the nearest one that held them all, and each folder has to be
below DIR as it was below that. Without \`--to\` a directory is taken only when it is the only one near
the old place, or among those of other threads, that has the Git remote of the thread and a commit
at which it was worked there, or a worktree that Git has noted there; otherwise what was found is named, with what speaks for it.

What was said in earlier turns stays as it was said, old paths among it; with the next turn Codex tells
the model about the new directory. What a thread was allowed to write by name, and projects that Codex
keeps by their folders, are not changed.`,
  severity: 'warning',
  needs: {
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
    folders: 'seen',
  },
  heedsGrowth: true,
  *detect(snapshot) {
    const states = Object.values(snapshot.paths);
    if (!states.some(state => state === 'missing' || state === 'file')) return;
    for (const { thread, file } of judgedThreads(snapshot)) {
      const state = snapshot.paths[thread.cwd];
      if (file === null || (state !== 'missing' && state !== 'file')) continue;
      if (isTemporaryThread(thread, snapshot)) continue;
      // Its directory is where it belongs, and to tie it to one of ours would be wrong.
      if (isOfOtherHost(thread.id, snapshot)) continue;
      // Which directory is meant has to be clear before its absence says anything.
      if (disagreement(thread, file, snapshot.home.system) !== null) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { cwd: thread.cwd, isFile: state === 'file', archived: thread.archived },
        threads: [thread.id],
        severity: isAtRest(thread, snapshot) ? 'note' : 'warning',
      };
    }
  },
  say: ({ cwd, isFile }) =>
    isFile
      ? `Its working directory ${cwd} is a file now: the conversation can be read, and what is run in it has no directory to run in.`
      : `Its working directory ${cwd} does not exist here: the conversation can be read, and what is run in it has no directory to run in.`,
  cures: [
    {
      ...CHOSEN,
      id: 'relink',
      title: 'Let the thread work in the directory that has taken the place of its own',
      limits: 'It makes no directory and moves none. Earlier turns go on naming the old one.',
      needs: [],
      replaces: ({ facts }) => facts.cwd,
      wishes: ({ subject, facts: { cwd } }, snapshot, named) => {
        const held = heldThread(snapshot, subject.key);
        if (held === null) return {};
        const commit = held.file.head.meta?.gitCommit ?? null;
        return {
          ...wishesToMove(snapshot, held),
          ...(named === null ? { successors: [{ folder: cwd, commit }] } : { folders: [named] }),
        };
      },
      plan: ({ id, subject, facts: { cwd } }, snapshot, closer, named) => {
        const held = heldThread(snapshot, subject.key);
        if (held === null) return FILE_GONE;
        const { system } = snapshot.home;
        const remote = held.file.head.meta?.gitOrigin ?? null;
        const chosen =
          named === null
            ? onlySuccessor(id, cwd, remote, closer, system)
            : namedFolder(named, closer.folders[named] ?? 'unknown');
        if ('why' in chosen) return chosen;
        const { folder, evidence } = chosen;
        const steps = moveThread(snapshot, closer, held, directoryOfThread(folder, system));
        if ('why' in steps) return steps;
        const because = evidence === '' ? '' : ` (${evidence})`;
        return {
          says: `The thread ${subject.key} works in ${folder}${because} instead of ${cwd}.`,
          steps,
          undoneWhole: GONE_ON,
        };
      },
    },
  ],
});

function namedFolder(
  folder: FilePath,
  state: PathState,
): Pick<Judged, 'folder' | 'evidence'> | Objection {
  if (state === 'folder') return { folder, evidence: '' };
  const why = {
    file: `${folder} is a file, and no directory`,
    missing: `there is no directory ${folder}`,
    unknown: `it could not be seen whether there is a directory ${folder}`,
  }[state];
  return {
    why,
    next: 'Name one that is there with --to DIR; threads of several directories move together only where each lies below DIR as it did before.',
  };
}

function isAtRest({ archived, updatedAtMs }: Thread, { takenAtMs }: Snapshot): boolean {
  return archived || takenAtMs - updatedAtMs > OLD_MS;
}
