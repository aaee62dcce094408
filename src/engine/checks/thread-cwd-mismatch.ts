import { judgedThreads } from './judging/causes.ts';
import { defineCheck } from './check.ts';
import { threadSubject } from './subjects.ts';
import { disagreement } from './judging/workingDirectories.ts';
import { asDraft, changeRow, SAFE } from './cures/curing.ts';
import { FILE_GONE, GONE_ON, heldThread, moveThread, wishesToMove } from './cures/moveThread.ts';
import { directoryOfThread } from './cures/threadValues.ts';
import { literal } from '../model/literal.ts';

export default defineCheck({
  id: 'thread-cwd-mismatch',
  title: 'Database and file name different working directories',
  meaning: `The entry in the database and the conversation's file do not name the same working
directory. Lists from the database show the thread in one project, lists that look through the
files in another, and a filter by folder finds it in only one of them. Codex resumes where the newest
settings in the file say, and where there are none, as up to 0.142, in the directory of the first line.

Other spellings of one directory are not meant, and neither is a thread that has moved: then the
database follows its turns, and only the first line still says where it began.

The directory of the latest turn is taken as right, and the one that stands alone is set to it: the
database, or the first line of the file. Turns stay as they are.`,
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
      const found = disagreement(thread, file, snapshot.home.system);
      if (found === null) continue;
      yield {
        subject: threadSubject(thread.id, file),
        facts: { ...found },
        threads: [thread.id],
      };
    }
  },
  say: ({ odd, row, header, latest }) =>
    odd === 'row'
      ? `The database says that it works in ${row}, and its file says ${latest ?? header ?? 'nothing'}: lists show it in different projects.`
      : `The first line of its file says that it works in ${header ?? 'nothing'}, and database and turns say ${row}: lists show it in different projects.`,
  cures: [
    {
      ...SAFE,
      id: 'follow-turns',
      title: 'Let the database follow the latest turn',
      limits: 'It moves nothing between the two directories.',
      needs: [],
      fits: ({ facts }) => facts.odd === 'row' && (facts.latest ?? facts.header) !== null,
      wishes: ({ threads }) => ({ rows: threads }),
      plan: ({ subject, facts }, snapshot, closer) => {
        const cwd = facts.latest ?? facts.header ?? '';
        return asDraft(
          `The database says that it works in ${cwd}, as its file does.`,
          changeRow(snapshot, closer, subject.key, { cwd: literal(cwd) }),
        );
      },
    },
    {
      ...SAFE,
      id: 'correct-header',
      title: 'Let the first line of the file follow database and turns',
      limits: 'It moves nothing between the two directories.',
      needs: [],
      fits: ({ facts }) => facts.odd === 'header',
      wishes: ({ subject }, snapshot) => {
        const held = heldThread(snapshot, subject.key);
        return held === null ? {} : wishesToMove(snapshot, held);
      },
      plan: ({ subject, facts: { row } }, snapshot, closer) => {
        const held = heldThread(snapshot, subject.key);
        if (held === null) return FILE_GONE;
        const wanted = directoryOfThread(row, snapshot.home.system);
        const steps = moveThread(snapshot, closer, held, wanted);
        if ('why' in steps) return steps;
        return {
          says: `The first line of its file says that it works in ${row}, as database and turns do.`,
          steps,
          undoneWhole: GONE_ON,
        };
      },
    },
  ],
});
