import { judgedThread, judgedThreads } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { rolloutSubject } from './subjects.ts';
import { asDraft, bindRow, moveFile, SAFE } from './cures/curing.ts';
import { canonicalPlace, inHome, NO_RIGHT_NAME } from './cures/canonicalPlace.ts';

export default defineCheck({
  id: 'rollout-misnamed',
  title: "Conversation's file has another name or folder than Codex gives it",
  meaning: `Codex finds a conversation by the name of its file,
\`rollout-‹local time›-‹thread id›.jsonl\`, and by the folder of its date, or flat in the archive.
This file holds a sound conversation under another name or in another folder. Lists that look
through the files may still show it, or not; reading its turns and resuming it fail, and asking
Codex to delete the thread would remove the entry and leave the file behind for ever.

The repair moves the file to the name and the place that Codex would have given it, and puts the
path in the database right with it. It needs the time and the id from the first line.`,
  severity: 'warning',
  needs: { 'rollouts-active': 'seen', 'rollouts-archived': 'seen' },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      const { id } = thread;
      if (file === null || cause !== 'rollout-misnamed') continue;
      yield {
        subject: rolloutSubject(file),
        facts: { file: file.path, thread: id, isOnlyFolder: file.name?.id === id },
        threads: [id],
      };
    }
  },
  say: ({ file, thread, isOnlyFolder }) =>
    isOnlyFolder
      ? `The file ${file} lies in a folder in which Codex does not look for it: it cannot be opened, and nothing of it is lost.`
      : `The file ${file} holds the conversation ${thread} under a name by which Codex does not find it: it cannot be opened, and nothing of it is lost.`,
  cures: [
    {
      ...SAFE,
      id: 'move-to-its-place',
      title: 'Move the file to the place and name at which Codex looks for it',
      limits:
        'Where no place names the local time any more, the time in the new name is that of the first line, in UTC.',
      needs: ['codex-stopped'],
      phase: 'files',
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ facts }, snapshot, closer) => {
        const judged = judgedThread(snapshot, facts.thread);
        const file = judged?.file ?? null;
        const row = closer.rows[facts.thread];
        const path = file === null ? null : canonicalPlace(file, facts.thread, row);
        if (judged === undefined || file === null || path === null) return NO_RIGHT_NAME;
        const place = { ...file, path, file: inHome(snapshot.home, path) };
        if (snapshot.rollouts.some(other => other.path === path))
          return {
            why: `another file has the name that it should have (${path})`,
            next: 'Look at both files; nothing was changed.',
          };
        const bound = row === undefined ? null : bindRow(snapshot, closer, facts.thread, place);
        const steps = bound === null ? [] : 'why' in bound ? [bound] : bound.steps;
        return asDraft(
          `${facts.file} becomes ${path}.`,
          moveFile(file, { file: place.file }),
          ...steps,
        );
      },
    },
  ],
});
