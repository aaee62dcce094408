import type { Database } from '../model/database.ts';
import type { Severity } from '../model/finding.ts';
import { lastName } from '../model/paths.ts';
import { defineCheck } from './check.ts';
import { reactionsTo, sayReactions, type Reactions } from './judging/codexReactions.ts';
import { CHOSEN, GONE, moveFile } from './cures/curing.ts';
import {
  databaseName,
  databasesInUse,
  databaseSubject,
  stateFile,
} from './judging/databasesInUse.ts';
import { missingRecords, newestRecord } from './judging/migrationRecords.ts';
import { rebuild } from './cures/rebuild.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'schema-object-missing',
  title: 'A part of the database is missing',
  meaning: `The database notes that it has had all its updates (*migrations*), and a table, an index or
a trigger that these make is not there, or has another form. No Codex puts that back: it trusts the
notes. What follows depends on the part (tried with 0.142, 0.160 and 0.169):

- without \`threads\` or \`backfill_state\` Codex does not start;
- without \`thread_sections\` it starts, and each list that is read from the database fails (0.169) or
  is empty (0.160);
- without \`thread_turns\` or \`thread_items\` threads with paginated history cannot be opened;
- without another table Codex starts and lists, and what needs the table fails or is not kept;
- without an index everything works, only slower: that is a note.

**Your conversations are in their files and are not touched by this.** Columns that another tool has
added do no harm and are not reported. Of a database that is newer than all that this program knows,
nothing is said.

There is no cure that puts a table back. Where \`threads\` itself is gone, the database is of no use any
more: it can be moved into the vault, and Codex makes a new one from your files. What can still be read
of the other tables, such as sections and projects, is put back into that. Of the others nothing
is known that would be safe; an earlier copy of the database is what helps.`,
  severity: 'warning',
  needs: { home: 'seen', 'state-database': 'seen' },
  *detect(snapshot) {
    for (const database of databasesInUse(snapshot)) {
      const { family, migrations } = database;
      const missingObjects = migrations?.missingObjects ?? [];
      const changedObjects = migrations?.changedObjects ?? [];
      if (missingObjects.length + changedObjects.length === 0) continue;
      // Where records are missing as well, these say what is wrong.
      if (missingRecords(database).length > 0) continue;
      yield {
        subject: databaseSubject(database),
        facts: {
          missingObjects,
          changedObjects,
          newestRecorded: newestRecord(database),
          family,
          ...reactionsTo('drift', database, snapshot.codexes),
        },
        threads: [],
        severity: severityOf(database),
      };
    }
  },
  say: ({ missingObjects, changedObjects, newestRecorded, family, ...reactions }) => {
    const missing = missingObjects.length === 0 ? [] : [`lacks ${listOf(missingObjects)}`];
    const changed =
      changedObjects.length === 0 ? [] : [`has ${listOf(changedObjects)} in another form`];
    const what = join([...missing, ...changed]);
    const consequence = sayConsequence(family, missingObjects, changedObjects, reactions);
    return `${databaseName(family)} ${what}, although it has had all its updates up to ${String(newestRecorded)}.${consequence}`;
  },
  cures: [
    {
      ...CHOSEN,
      id: 'rebuild',
      title: 'Put the database into the vault, and let Codex make it anew',
      limits:
        'Pins were in the table that is gone, and so was which conversation is in which section or project: that does not come back. Sections and projects do, and names as far as session_index.jsonl has them.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'databases',
      fits: ({ facts: { family, missingObjects } }) =>
        family === 'state' && missingObjects.includes('table threads'),
      wishes: ({ subject }) => ({
        sidecars: [subject.path ?? ''],
        salvage: [subject.path ?? ''],
      }),
      plan: ({ id, subject }, snapshot, closer) => {
        const file = stateFile(snapshot);
        const salvage = closer.salvage[subject.path ?? ''];
        if (file === null || salvage === undefined) return GONE;
        // Its log goes first: after a stop, SQLite would remove it beside a database that Codex makes.
        const parts = [...(closer.sidecars[subject.path ?? ''] ?? []).toReversed(), file];
        return rebuild(
          snapshot,
          id,
          'The database without its table of threads goes into the vault, and Codex makes a new one from the conversations.',
          { salvage, source: 'the old one' },
          parts.map(part => moveFile(part, { vault: lastName(part.file) })),
        );
      },
    },
  ],
});

/** What Codex cannot do without a table; tried out table by table, with 0.142, 0.160 and 0.169. */
const NEEDED: Readonly<Record<string, Readonly<Record<string, 'start' | 'list' | 'open'>>>> = {
  state: {
    'table threads': 'start',
    'table backfill_state': 'start',
    'table thread_sections': 'list',
  },
  thread_history: { 'table thread_turns': 'open', 'table thread_items': 'open' },
};

function neededFor(family: string, missing: readonly string[]) {
  const needed = missing.flatMap(name => NEEDED[family]?.[name] ?? []);
  return (['start', 'list', 'open'] as const).find(one => needed.includes(one)) ?? null;
}

function severityOf({ family, migrations }: Database): Severity {
  const missing = migrations?.missingObjects ?? [];
  if (neededFor(family, missing) !== null) return 'error';
  return areIndexes([...missing, ...(migrations?.changedObjects ?? [])]) ? 'note' : 'warning';
}

function areIndexes(names: readonly string[]): boolean {
  return names.every(name => name.startsWith('index '));
}

function sayConsequence(
  family: string,
  missing: readonly string[],
  changed: readonly string[],
  reactions: Reactions,
): string {
  switch (neededFor(family, missing)) {
    case 'start':
      return ` ${sayReactions('drift', family, reactions)}`;
    case 'list':
      return ' Codex starts, and no list that is read from the database works.';
    case 'open':
      return ' Codex starts, but cannot open a thread whose history is paginated.';
    case null:
      return areIndexes([...missing, ...changed])
        ? ' Codex works, only slower.'
        : ' Codex starts; what it needs this for does not work or is not kept.';
  }
}

/** A table takes its indexes and triggers along, and a sentence shall not name them all. */
const MOST_NAMED = 4;

function listOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMED) return join(names.map(name => `the ${name}`));
  const tables = names.filter(name => name.startsWith('table '));
  const named = tables.slice(0, MOST_NAMED).map(name => `the ${name}`);
  return join([...named, `${String(names.length - named.length)} other parts`]);
}
