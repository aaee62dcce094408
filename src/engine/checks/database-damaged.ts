import type { DatabaseTrouble } from '../model/database.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { defineCheck } from './check.ts';
import { isGrave, reactionsTo, sayReactions, type DatabaseState } from './codexReactions.ts';
import { databaseName, databasesInUse, databaseSubject, stateFile } from './databasesInUse.ts';
import { namedThreads } from './namedThreads.ts';
import { countOf } from './words.ts';
import { rebuild } from './rebuild.ts';
import { moveFile, SAFE } from './curing.ts';

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
made anew by any version: threads with paginated history cannot be opened until it is moved aside.

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
        if (file === null || salvage === undefined)
          return { why: 'it is not there any more', next: 'Look again.' };
        return rebuild(
          snapshot,
          id,
          'The damaged database goes into the vault, and Codex makes a new one from the conversations.',
          { salvage, source: 'the old one' },
          [file, ...parts].map(part => moveFile(part, { vault: nameOf(part.file) })),
        );
      },
    },
  ],
});

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
