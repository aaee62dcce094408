import { judgedThreads } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { FILE_GONE, GONE_ON, heldThread, moveThread, wishesToMove } from './cures/moveThread.ts';
import { providersOf } from './judging/providers.ts';
import { threadSubject } from './subjects.ts';
import { providerOfThread } from './cures/threadValues.ts';
import { join } from './words.ts';
import { SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'thread-provider-mismatch',
  title: 'Thread is recorded under several providers',
  meaning: `A thread's provider stands in three places: in the first line of its file, in the
database, and in the newest settings line of the file, which Codex 0.160 writes when something is
changed and 0.169 always. They have to agree. Where file and database differ, one of the two kinds of list hides the thread, and a thread
with legacy history refuses to resume ("Cannot change this thread's model provider").

Where only the settings line differs, everything works until Codex next rebuilds its index: then
the settings line decides, and the thread is hidden or refuses to resume. Tools that move threads
between providers leave this behind. The newest settings line can stand anywhere in a long file;
unless all of it was read, this part is not known.

The repair lets all three follow the first line. It cannot make an answer of one provider readable
to another: parts that are encrypted for the old one stay so.`,
  severity: 'warning',
  needs: {
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
    'rollout-bodies': 'seen',
  },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      if (file === null || cause === 'row-undecodable') continue;
      const found = providersOf(thread, file);
      if (found.all.length < 2) continue;
      const { header, row, settings } = found;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { header, row, settings },
        threads: [thread.id],
      };
    }
  },
  say: ({ header, row, settings }) => {
    const places = [
      [header, 'the first line of its file'],
      [row, 'the database'],
      [settings, 'its newest settings'],
    ] as const;
    const said = places.flatMap(([id, place]) => (id === null ? [] : [`${place} "${id}"`]));
    const after =
      header === row
        ? 'it works until Codex next rebuilds its index, and is hidden then'
        : 'some lists hide it';
    return `It is recorded under several providers: ${join(said)}; ${after}.`;
  },
  cures: [
    {
      ...SAFE,
      id: 'follow-header',
      title: 'Let database and settings follow the first line of the file',
      limits: 'Parts of answers that are encrypted for another provider stay unreadable.',
      needs: [],
      fits: ({ facts: { header } }) => header !== null && header !== '',
      wishes: ({ subject }, snapshot) => {
        const held = heldThread(snapshot, subject.key);
        return held === null ? {} : wishesToMove(snapshot, held);
      },
      plan: ({ subject, facts: { header } }, snapshot, closer) => {
        const held = heldThread(snapshot, subject.key);
        if (held === null || header === null) return FILE_GONE;
        const steps = moveThread(snapshot, closer, held, providerOfThread(header));
        if ('why' in steps) return steps;
        return {
          says: `The thread ${subject.key} is kept under the provider "${header}", as the first line of its file says.`,
          steps,
          undoneWhole: GONE_ON,
        };
      },
    },
  ],
});
