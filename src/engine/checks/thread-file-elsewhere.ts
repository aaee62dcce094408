import type { Rollout } from '../model/rollout.ts';
import type { FilePath } from '../model/words.ts';
import { bindRow, CHOSEN } from './cures/curing.ts';
import { defineCheck } from './check.ts';
import { judgedThread, judgedThreads, strayAt, type JudgedThread } from './judging/causes.ts';
import { countOf } from './words.ts';

export default defineCheck({
  id: 'thread-file-elsewhere',
  title: 'Database leads to the files of another home',
  meaning: `These conversations are in this home, in files of its own, and the database leads to other
files of them that lie outside it. This is what a home is like that was copied while the original is
still there: the database in the copy goes on to name the original's files.

Nothing is lost, and nothing looks wrong: Codex (0.142, 0.160 and 0.169) lists these conversations and
opens them. **But what is written here goes into the files over there**, and those here stay as they
were. Two homes then share one conversation, each with a database of its own, and neither knows of
the other; what is done in the one changes what the other shows. Codex refuses to archive these
conversations here, and when the original is moved or removed, Codex from 0.160 on cannot open them here.

If this home is to be one of its own, let its database lead to its own files: a repair that you choose,
since nobody else can tell which of the two you want to go on with. Close Codex for it: one that is open
with a conversation leads the database back with its next turn. Where the files over there hold more
than those here, as they do after you have worked in either home since the copy was made, that part is
not brought over: it stays there, and can be read there. If you want to go on with those, use the other
home (\`CODEX_HOME\`) and leave this one as it is.

A folder that is a link to another place, a home that is reached in two ways, and files that have two
names are not meant: there, both ways lead to the same file. Where the other file lies on another
disk than the one here, and one of the two disks is of another machine, that cannot be told, and nothing is said.`,
  severity: 'warning',
  needs: {
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
    folders: 'seen',
  },
  heedsGrowth: true,
  *detect(snapshot) {
    const homes = new Map<FilePath, Pair[]>();
    for (const judged of judgedThreads(snapshot)) {
      const { thread, cause, file } = judged;
      if (cause !== 'thread-file-elsewhere' || thread.row === null || file === null) continue;
      const stray = strayAt(thread.row.rolloutPath, snapshot);
      if (stray === undefined) continue;
      const other = stray.file.slice(0, -stray.path.length - 1);
      const pairs = homes.get(other) ?? [];
      pairs.push({ judged, file, stray });
      homes.set(other, pairs);
    }
    for (const [other, pairs] of homes)
      yield {
        subject: { kind: 'home' as const, key: other, path: null },
        facts: { other, threads: pairs.length, longer: pairs.filter(isLonger).length },
        threads: pairs.map(({ judged }) => judged.thread.id),
      };
  },
  say: ({ other, threads, longer }) =>
    `The database leads to files below ${other} for ${countOf(threads, 'conversation')} that ${threads === 1 ? 'has its file' : 'have their files'} in this home: what is written here goes there.${sayLonger(threads, longer)}`,
  cures: [
    {
      ...CHOSEN,
      id: 'rebind',
      title: 'Let the database lead to the files of this home',
      limits:
        'The files stay as they are, here and there: what only those in the other place hold is not brought over.',
      needs: ['codex-stopped', 'a-choice'],
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ threads }, snapshot, closer) =>
        threads.map(id => bindRow(snapshot, closer, id, judgedThread(snapshot, id)?.file ?? null)),
    },
  ],
});

interface Pair {
  readonly judged: JudgedThread;
  readonly file: Rollout;
  readonly stray: Rollout;
}

/** Sizes say nothing where only one of the two is compressed. */
function isLonger({ file, stray }: Pair): boolean {
  return stray.compressed === file.compressed && stray.bytes > file.bytes;
}

function sayLonger(threads: number, longer: number): string {
  if (longer === 0) return '';
  if (threads === 1) return ' The one there holds more than the one here.';
  return ` Of ${String(longer)} of them the file there holds more than the one here.`;
}
