import type { CloserLook } from '../model/closerLook.ts';
import type { DatabaseTrouble } from '../model/database.ts';
import type { Subject } from '../model/finding.ts';
import type { AskStep } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { defineCheck, type Draft, type Objection } from './check.ts';
import {
  isGrave,
  reactionsTo,
  sayReactions,
  type DatabaseState,
} from './judging/codexReactions.ts';
import {
  databaseName,
  databasesInUse,
  databaseSubject,
  stateFile,
} from './judging/databasesInUse.ts';
import { namedThreads } from './judging/namedThreads.ts';
import { countOf } from './words.ts';
import { rebuild, resumeCalls } from './cures/rebuild.ts';
import {
  asDraft,
  askCodex,
  CHOSEN,
  GONE,
  moveFile,
  putDatabaseAway,
  SAFE,
} from './cures/curing.ts';

export default defineCheck({
  id: 'database-damaged',
  title: 'A database of Codex is damaged',
  meaning: `The file is no database any more, is cut off, or is torn inside; or a folder is in its
place. **Your conversations are in files of their own and are not touched by this**: the state database
is an index of them, which can be made anew.

From 0.142 on Codex notices most damage at its start, moves the file into \`db-backups\` and makes a
new one from your conversations. 0.131 to 0.135 do not start, older versions go on without the database
and list what they find in the files. A folder in its place stops every version from 0.131 on. Damage
that lies in an index only is found by 0.169, and not by 0.150 and 0.160. The history database is not
made anew by any version: threads with paginated history cannot be opened until it is moved aside
(seen with 0.160 and 0.169). All that is in it comes from the conversations: the repair moves it into
the vault and lets Codex resume each active thread once, which enters its turns anew; those of archived
threads come back when they are taken out and opened.

Nothing of your conversations is in the database of logs; the repair puts it into the vault, and Codex
begins a new one. Goals, memories and queued messages are kept nowhere else. Codex from 0.142 on moves
a damaged one into \`db-backups\` at its next start and goes on with an empty one; the repair that is
offered puts it into the vault instead, from where it can be had back as it was. What in it could still
be read is not carried over: so this one has to be chosen.

What Codex does not bring back when it makes the state database anew: the names that you gave (they
are also in \`session_index.jsonl\`), pins, sections, projects, Git notes that you changed, the exact
times by which lists are sorted, and read marks. So the cure first reads what can still be read of
them, page by page, then lets Codex do its work, then puts that back. The plan says what was found, and
of how many conversations nothing could be read. Left out are goals and queued messages, which are in
databases of their own, and the pairing of this machine for remote control, which Codex makes again.

Large databases other than the state database are not read as a whole, so that damage deep inside
them is not seen.`,
  severity: 'error',
  needs: { home: 'seen', 'state-database': 'seen' },
  *detect(snapshot) {
    for (const database of databasesInUse(snapshot)) {
      const { family, trouble } = database;
      if (trouble === null || !isDamage(trouble)) continue;
      const reactions = reactionsTo(asState(trouble.kind), database, snapshot.codexes);
      yield {
        subject: databaseSubject(database),
        facts: {
          kind: trouble.kind,
          why: trouble.why,
          family,
          names: family === 'state' ? namedThreads(snapshot) : [],
          ...reactions,
        },
        threads: family === 'thread_history' ? paginatedThreads(snapshot) : [],
        severity: isGrave(family, reactions) ? 'error' : 'warning',
      };
    }
  },
  say: ({ kind, why, family, names, ...reactions }) => {
    const consequence = sayReactions(asState(kind), family, reactions);
    const named =
      names.length === 0
        ? ''
        : ` ${countOf(names.length, 'name')} that you gave can be put back after that.`;
    const what = kind === 'damaged' ? `it is torn inside (${why})` : why;
    return `${databaseName(family)} cannot be read: ${what}. ${consequence}${named}`;
  },
  cures: [
    {
      ...SAFE,
      id: 'rebuild',
      title: 'Put the damaged database into the vault, and let Codex make it anew',
      limits:
        'A pin, a section, a project or a read mark that cannot be read any more does not come back. The plan says of how many conversations nothing could be read.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'databases',
      fits: ({ facts }) => facts.family === 'state' && facts.kind !== 'folder',
      wishes: ({ subject }) => ({
        sidecars: [subject.path ?? ''],
        salvage: [subject.path ?? ''],
      }),
      plan: ({ id, subject }, snapshot, closer) => {
        const parts = closer.sidecars[subject.path ?? ''] ?? [];
        const salvage = closer.salvage[subject.path ?? ''];
        const file = stateFile(snapshot);
        if (file === null || salvage === undefined) return GONE;
        return rebuild(
          snapshot,
          id,
          'The damaged database goes into the vault, and Codex makes a new one from the conversations.',
          { salvage, source: 'the old one' },
          // Its log goes first: after a stop, SQLite would remove it beside a database that Codex makes.
          [...parts.toReversed(), file].map(part => moveFile(part, { vault: nameOf(part.file) })),
        );
      },
    },
    {
      ...SAFE,
      id: 'fill-again',
      title: 'Put the damaged history into the vault, and let Codex enter all turns anew',
      limits:
        'The turns of an archived thread come back only when it is taken out of the archive and opened. A thread that Codex cannot resume stays without its turns.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'databases',
      fits: ({ facts }) => facts.family === 'thread_history' && facts.kind !== 'folder',
      wishes: ({ subject }) => ({ sidecars: [subject.path ?? ''] }),
      plan: ({ id, subject, threads }, snapshot, closer) => {
        const calls = resumeCalls(id, threads, snapshot, [subject.path ?? '']);
        return putAway(
          'The damaged history goes into the vault, and Codex enters the turns of each active thread anew.',
          subject,
          snapshot,
          closer,
          ...(calls.length === 0 ? [] : [askCodex(snapshot, calls)]),
        );
      },
    },
    {
      ...SAFE,
      id: 'put-logs-away',
      title: 'Put the damaged logs into the vault, and let Codex begin new ones',
      limits: 'What was logged before is only in the vault then.',
      needs: ['codex-stopped'],
      phase: 'databases',
      fits: ({ facts }) => facts.family === 'logs' && facts.kind !== 'folder',
      wishes: ({ subject }) => ({ sidecars: [subject.path ?? ''] }),
      plan: ({ subject }, snapshot, closer) =>
        putAway(
          'The damaged logs go into the vault, and Codex begins new ones when it is started next.',
          subject,
          snapshot,
          closer,
        ),
    },
    {
      ...CHOSEN,
      loses: 'readable data',
      id: 'put-away',
      title: 'Put the damaged database into the vault, and let Codex begin an empty one',
      limits: 'What was in it is only in the vault then, and Codex does not know of it any more.',
      needs: ['codex-stopped'],
      phase: 'databases',
      fits: ({ facts }) => OF_PERSONS.includes(facts.family) && facts.kind !== 'folder',
      wishes: ({ subject }) => ({ sidecars: [subject.path ?? ''] }),
      plan: ({ subject, facts }, snapshot, closer) =>
        putAway(
          `${databaseName(facts.family)} goes into the vault, and Codex begins an empty one when it is started next. What in it could still be read is not carried over.`,
          subject,
          snapshot,
          closer,
        ),
    },
  ],
});

/** What a person has entered there is nowhere else. */
const OF_PERSONS: readonly string[] = ['goals', 'memories', 'queue'];

function putAway(
  says: string,
  { path }: Subject,
  snapshot: Snapshot,
  { sidecars }: CloserLook,
  ...then: readonly (AskStep | Objection)[]
): Draft | Objection {
  const database = databasesInUse(snapshot).find(({ file }) => file === path);
  if (database === undefined) return GONE;
  return asDraft(says, ...putDatabaseAway(database, sidecars[database.file] ?? []), ...then);
}

/** A file that let nobody look, or has nothing in it yet, says nothing of damage. */
function isDamage({ kind }: DatabaseTrouble): boolean {
  return kind !== 'unread' && kind !== 'empty';
}

function asState(kind: DatabaseTrouble['kind']): DatabaseState {
  return kind === 'folder' ? 'folder' : 'damage';
}

function paginatedThreads({ threads }: Snapshot): readonly ThreadId[] {
  return threads.filter(({ historyMode }) => historyMode === 'paginated').map(({ id }) => id);
}

function nameOf(file: FilePath): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
