import type { Columns } from '../model/plan.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { filesWith, judgedThread } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { rolloutSubject } from './subjects.ts';
import { clearBeginning, completeFirstLine, NOT_UNDERSTOOD } from './cures/firstLines.ts';
import { asDraft, moveFile, SAFE } from './cures/curing.ts';
import { filesLeaningOn } from './cures/leaningFiles.ts';
import { historyFile } from './cures/projectedPlaces.ts';

export default defineCheck({
  id: 'rollout-header-bad',
  title: "Conversation's file does not begin as it should",
  meaning: `The first line of a conversation's file says which thread it is, where it worked and by
whom it was made. Here that line is missing, damaged or incomplete, or something stands before it.
The lines behind it are as they were, unless the file is empty.

What Codex makes of it differs. With a line that is not JSON before the first one, 0.169 lists and
reads the thread and cannot resume it; 0.142 resumes it. With a byte order mark, without the first
line or without the working directory in it, the thread vanishes from the lists and 0.169 refuses
everything about it, even archiving and deleting; 0.142 still archives and deletes it. An empty file
fails everywhere; what it held is not on this disk.

The repair strips a mark or a stray line, or writes the first line anew from the database. An empty
file goes into the vault; its conversation cannot be brought back.`,
  severity: 'error',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const rollout of filesWith('rollout-header-bad', snapshot)) {
      const { state, why, meta } = rollout.head;
      const id = rollout.name?.id ?? meta?.id ?? null;
      yield {
        subject: rolloutSubject(rollout),
        facts: { state, why: why ?? whyOfSound(rollout), file: rollout.path },
        threads: id === null ? [] : [id],
      };
    }
  },
  say: ({ state, why, file }) =>
    state === 'empty'
      ? `The file of this conversation (${file}) is empty: what was said in it is not there.`
      : `The file of this conversation (${file}) does not begin as it should: ${why}. Codex cannot resume it, and what was said is still there.`,
  cures: [
    {
      ...SAFE,
      id: 'put-empty-file-away',
      title: 'Put the empty file into the vault',
      limits: 'What was said in it does not come back.',
      needs: ['codex-stopped'],
      phase: 'files',
      fits: ({ facts }) => facts.state === 'empty',
      plan: ({ facts }, { rollouts }) => {
        const rollout = rollouts.find(({ path }) => path === facts.file);
        if (rollout === undefined) return NOT_UNDERSTOOD;
        const name = rollout.path.slice(rollout.path.lastIndexOf('/') + 1);
        return asDraft(
          `The empty file ${facts.file} goes into the vault.`,
          moveFile(rollout, { vault: name }),
        );
      },
    },
    {
      ...SAFE,
      loses: 'unreadable bytes',
      id: 'clear-beginning',
      title: 'Take away what stands before the first line',
      limits: 'A compressed file is left as it is.',
      needs: ['codex-stopped'],
      phase: 'files',
      fits: ({ facts }, snapshot) => {
        const { head, compressed } = fileAt(snapshot, facts.file) ?? {};
        const isBehind = head?.header != null || head?.state === 'byte-order-mark';
        return compressed === false && isBehind && head.state !== 'sound';
      },
      wishes: ({ facts, threads }, snapshot) => ({
        heads: [fileAt(snapshot, facts.file)?.file ?? ''],
        projections: threads,
      }),
      plan: ({ facts, threads }, snapshot, closer) => {
        const rollout = fileAt(snapshot, facts.file);
        const head = closer.heads[rollout?.file ?? ''];
        if (rollout === undefined || head === undefined) return NOT_UNDERSTOOD;
        return asDraft(
          `${facts.file} begins with the description of its thread.`,
          clearBeginning(rollout, head, closer.projections[threads[0] ?? '']),
        );
      },
    },
    {
      ...SAFE,
      id: 'complete-first-line',
      title: 'Write the first line from what the database knows',
      limits:
        'What only the line knew stays missing, such as the instructions with which the thread was started. A compressed file is left as it is.',
      needs: ['codex-stopped'],
      phase: 'files',
      fits: ({ facts, threads }, snapshot) => {
        const { head, compressed } = fileAt(snapshot, facts.file) ?? {};
        const hasRow = threads.some(id => judgedThread(snapshot, id)?.thread.row != null);
        const isIncomplete = head?.state === 'not-meta' || head?.state === 'incomplete';
        return compressed === false && hasRow && isIncomplete && head.header === null;
      },
      wishes: ({ facts, threads }, snapshot) => ({
        heads: [fileAt(snapshot, facts.file)?.file ?? ''],
        rows: threads,
        projections: threads,
      }),
      plan: ({ facts, threads }, snapshot, closer) => {
        const rollout = fileAt(snapshot, facts.file);
        const head = closer.heads[rollout?.file ?? ''];
        const row = closer.rows[threads[0] ?? ''];
        if (rollout === undefined || head === undefined || row === undefined) return NOT_UNDERSTOOD;
        return asDraft(
          `The first line of ${facts.file} says again which thread it is and where it worked.`,
          completeFirstLine(
            rollout,
            head,
            row,
            closer.projections[threads[0] ?? ''],
            arePlacesNoted(snapshot, rollout, row),
          ),
        );
      },
    },
  ],
});

/** A first line that older Codexes take. */
function whyOfSound({ head }: Rollout): string {
  if (head.meta?.id == null) return 'its first line has no thread id';
  return 'Codex from 0.160 on does not take the history mode or the number in its first line';
}

/** By forks that begin in it, or by a history database that could not be read. */
function arePlacesNoted(snapshot: Snapshot, rollout: Rollout, row: Columns): boolean {
  const isPaginated = row['history_mode'] === "'paginated'";
  return (
    filesLeaningOn(snapshot, rollout).length > 0 ||
    (isPaginated && historyFile(snapshot) === 'unread')
  );
}

function fileAt({ rollouts }: Snapshot, path: string): Rollout | undefined {
  return rollouts.find(rollout => rollout.path === path);
}
