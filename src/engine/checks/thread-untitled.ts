import { judgedThreads } from './causes.ts';
import { defineCheck } from './check.ts';
import { whyDisposable } from './disposableThreads.ts';
import { threadSubject } from './subjects.ts';

export default defineCheck({
  id: 'thread-untitled',
  title: 'Thread has neither name nor first message',
  meaning: `The thread has no name, and there is no message of a person from which lists could take
one: the first turn had no text, was stopped before it began, or is a fork in which nothing was said
yet. Lists show it without a title, or leave it out.

Giving it a name is all that can be done. A thread without any message is not in the lists from the
database even then.`,
  severity: 'note',
  needs: {
    names: 'whole',
    'state-database': 'whole',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
  },
  *detect(snapshot) {
    for (const { thread, cause, file } of judgedThreads(snapshot)) {
      const { row } = thread;
      if (row === null || file === null || thread.archived || cause !== 'none') continue;
      const { firstUserMessage, reachesFirstMessage } = file.head;
      if (firstUserMessage !== null || !reachesFirstMessage) continue;
      const words = [row.name, row.title, row.preview, row.firstUserMessage];
      const isNamed = words.some(text => (text ?? '').trim() !== '');
      if (isNamed || snapshot.names[thread.id] !== undefined) continue;
      if (whyDisposable(thread, file, snapshot.home) !== null) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { isFork: (file.head.meta?.forkedFrom ?? null) !== null },
        threads: [thread.id],
      };
    }
  },
  say: ({ isFork }) =>
    isFork
      ? 'It is a fork without a name in which nothing was said yet: lists show it without a title.'
      : 'It has no name and no first message: lists show it without a title, or not at all.',
});
