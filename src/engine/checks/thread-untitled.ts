import type { CloserLook } from '../model/closerLook.ts';
import { lastName } from '../model/paths.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { ThreadId } from '../model/words.ts';
import { judgedThread, judgedThreads } from './judging/causes.ts';
import { defineCheck, type Objection } from './check.ts';
import { asDraft, askCodex, CHOSEN } from './cures/curing.ts';
import { whyDisposable } from './judging/disposableThreads.ts';
import { threadSubject } from './subjects.ts';

export default defineCheck({
  id: 'thread-untitled',
  title: 'Thread has neither name nor first message',
  meaning: `The thread has no name, and there is no message of a person from which lists could take
one: the first turn had no text, was stopped before it began, or is a fork in which nothing was said
yet. Lists show it without a title, or leave it out.

Giving it a name is all that can be done. The plan shows which one: the first words that a person wrote
anywhere in it; for a fork in which nothing was said, the title of what it was forked from; else the
beginning of the first answer; else its folder and its day.`,
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
      if (whyDisposable(thread, file, snapshot) !== null) continue;
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
  cures: [
    {
      ...CHOSEN,
      id: 'give-name',
      title: 'Give it a name, through Codex',
      limits:
        'A thread without any message of a person is not in the lists from the database even with a name; it is found by its name and opened by its id.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'codex',
      wishes: ({ subject }, snapshot) => {
        const file = judgedThread(snapshot, subject.key)?.file?.file;
        return file === undefined ? {} : { words: [file] };
      },
      plan: ({ id, subject, threads }, snapshot, closer) => {
        const named = nameFor(subject.key, snapshot, closer);
        if ('why' in named) return named;
        const { name, from } = named;
        return asDraft(
          `Codex names the thread ${subject.key} "${name}", after ${from}.`,
          askCodex(snapshot, [
            {
              method: 'thread/name/set',
              params: { threadId: subject.key, name },
              says: `names the thread ${subject.key} "${name}", after ${from}`,
              findings: [id],
              threads,
            },
          ]),
        );
      },
    },
  ],
});

interface Name {
  readonly name: string;
  /** What it is taken from, in words. */
  readonly from: string;
}

function nameFor(id: ThreadId, snapshot: Snapshot, closer: CloserLook): Name | Objection {
  const { thread, file } = judgedThread(snapshot, id) ?? {};
  const words = file == null ? undefined : closer.words[file.file];
  if (words === undefined) return UNREADABLE;
  const said = shorten(words.person ?? '');
  if (said !== '') return { name: said, from: 'what a person wrote in it' };
  const parent = shorten(titleOf(file?.head.meta?.forkedFrom ?? null, snapshot));
  if (parent !== '') return { name: `Fork of ${parent}`, from: 'what it was forked from' };
  const answer = shorten(words.model ?? '');
  if (answer !== '') return { name: `Codex: ${answer}`, from: 'the first answer in it' };
  const day = file?.name?.stamp ?? new Date(thread?.createdAtMs ?? 0).toISOString();
  const folder = lastName(thread?.cwd ?? '');
  return {
    name: `${folder === '' ? 'Untitled' : folder}, ${day.slice(0, 10)}`,
    from: 'its folder and its day, since nothing was said in it',
  };
}

const UNREADABLE: Objection = {
  why: 'its file could not be read, so that nobody knows whether anything was said in it',
  next: 'Look again with codex-health scan.',
};

function titleOf(id: ThreadId | null, snapshot: Snapshot): string {
  const thread = id === null ? undefined : judgedThread(snapshot, id)?.thread;
  return snapshot.names[id ?? ''] ?? thread?.row?.name ?? thread?.title ?? '';
}

const MOST_CHARACTERS = 60;

/** One line, cut behind a word where it is long. */
function shorten(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const characters = [...line];
  if (characters.length <= MOST_CHARACTERS) return line;
  const begin = characters.slice(0, MOST_CHARACTERS).join('');
  const end = begin.lastIndexOf(' ');
  return `${end > MOST_CHARACTERS / 2 ? begin.slice(0, end) : begin}…`;
}
