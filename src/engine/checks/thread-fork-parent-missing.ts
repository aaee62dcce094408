import type { BeginningSearch } from '../model/closerLook.ts';
import { judgedThread, judgedThreads } from './judging/causes.ts';
import { canonicalPlace, inHome } from './cures/canonicalPlace.ts';
import { defineCheck, type Draft, type Objection } from './check.ts';
import { asDraft, CHOSEN, moveFile } from './cures/curing.ts';
import { beginningsOf, withDescendants } from './judging/lineage.ts';
import { threadSubject } from './subjects.ts';
import { countOf } from './words.ts';

export default defineCheck({
  id: 'thread-fork-parent-missing',
  title: 'File with the beginning of the thread is gone',
  meaning: `A fork of a thread with paginated history does not copy what came before: it names the
file of the thread from which it was forked, and Codex reads the beginning there. In the same way a
thread goes on in a new file after a revert and names its own earlier one. Here that file is nowhere
in this home, and Codex refuses to read or to resume the thread ("invalid paginated history lineage
for …: missing source rollout"). What was said after the fork is on disk; the beginning is not.

Forks of threads with legacy history hold a copy of everything and do not need their parent.

If the file is in the vault, in a backup or under another name, putting it back heals all forks at
once; otherwise nothing does. The repair looks for it in the whole home and in the vault, under any name
that has \`.jsonl\` in it, and takes only a file of that conversation in which a line ends at the very
byte at which the fork goes on. A backup on another disk is found once it is copied anywhere into the
home, under its old name.`,
  severity: 'error',
  needs: { 'rollouts-active': 'whole', 'rollouts-archived': 'whole' },
  *detect(snapshot) {
    const missingBeginning = beginningsOf(snapshot);
    for (const judged of judgedThreads(snapshot)) {
      const missing = missingBeginning(judged);
      if (missing === null) continue;
      const { thread, file } = judged;
      const threads = withDescendants(thread.id, snapshot);
      yield {
        subject: threadSubject(thread.id, file),
        facts: { ...missing, forks: threads.length - 1 },
        threads,
      };
    }
  },
  say: ({ parent, isOwn, isCut, forks }) => {
    const whose = isOwn ? 'It goes on from an earlier file of its own' : 'It was forked';
    const which = isOwn ? ` (${parent})` : ` from the conversation ${parent}`;
    const more =
      forks === 0
        ? ''
        : ` ${countOf(forks, 'further fork')} ${forks === 1 ? 'suffers' : 'suffer'} as well.`;
    const what = isCut
      ? 'whose file ends before the place at which this one goes on, as an older copy of it does'
      : 'whose file is nowhere in this home';
    return `${whose}${which}, ${what}: Codex cannot open it without that beginning.${more}`;
  },
  cures: [
    {
      ...CHOSEN,
      id: 'put-beginning-back',
      title: 'Look for the beginning, and put it back where Codex looks for it',
      limits:
        'Only a file that fits at the very byte is taken. Where two differ and both fit, neither is.',
      needs: [],
      phase: 'files',
      // Where there is a file already, a person has to say which of the two shall stay.
      fits: ({ facts }) => !facts.isCut,
      wishes: ({ subject, facts: { file, parent, isOwn, namedBy } }, { home }) => ({
        rows: [isOwn ? subject.key : parent],
        beginnings: [{ name: file, leaning: inHome(home, namedBy) }],
      }),
      plan: ({ subject, facts: { parent, isOwn, namedBy } }, snapshot, closer) => {
        const thread = isOwn ? subject.key : parent;
        const search = closer.beginnings[inHome(snapshot.home, namedBy)];
        const found = search?.found ?? null;
        if (search === undefined || found === null) return notFound(search);
        const row = judgedThread(snapshot, thread)?.thread.row ?? null;
        const place = placeOf(found.path, row?.archived === true);
        const isInItsTree = found.path.startsWith(`${place}/`);
        const like = { ...found, place, head: found, compressed: found.compressed && isInItsTree };
        const to = canonicalPlace(like, thread, closer.rows[thread]);
        return to === null
          ? notFound(search)
          : putBack(found, inHome(snapshot.home, to), isInItsTree);
      },
    },
  ],
});

/** In the trees it is moved, so that it is not there twice; what lies elsewhere may be somebody's backup. */
function putBack(
  found: NonNullable<BeginningSearch['found']>,
  to: string,
  isInItsTree: boolean,
): Draft | Objection {
  const { file, length, modifiedMs } = found;
  return asDraft(
    `The beginning of the conversation, which was found at ${file}, is put back.`,
    isInItsTree
      ? moveFile(found, { file: to })
      : { kind: 'create', file: to, content: { unpacked: file, bytes: length }, modifiedMs },
  );
}

function placeOf(path: string, isArchived: boolean): 'sessions' | 'archived_sessions' {
  if (path.startsWith('sessions/')) return 'sessions';
  return isArchived || path.startsWith('archived_sessions/') ? 'archived_sessions' : 'sessions';
}

function notFound(search: BeginningSearch | undefined): Objection {
  if (search === undefined)
    return { why: 'nothing could be looked for', next: 'Look again with codex-health scan.' };
  const { looked, isWhole, unfit } = search;
  const where = isWhole
    ? ' in this home and in the vault'
    : '; not all of this home could be looked at';
  return {
    why:
      unfit.length === 0
        ? `no file of that conversation was found among ${countOf(looked, 'further file')}${where}`
        : `what was found of that conversation cannot be taken: ${unfit.map(({ file, why }) => `${file} (${why})`).join(', ')}`,
    next: 'If you have a backup of it, copy it anywhere into the home under its old name, and run this again.',
  };
}
