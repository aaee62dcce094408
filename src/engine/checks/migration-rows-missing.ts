import type { Migrations, RecordedMigration } from '../model/database.ts';
import { literal } from '../model/literal.ts';
import type { RowsStep } from '../model/plan.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';
import { defineCheck } from './check.ts';
import { isGrave, reactionsTo, sayReactions } from './judging/codexReactions.ts';
import { databaseName, databasesInUse, databaseSubject } from './judging/databasesInUse.ts';
import { missingRecords, newestRecord } from './judging/migrationRecords.ts';
import { ranges } from './words.ts';
import { SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'migration-rows-missing',
  title: 'The database has forgotten updates that it had',
  meaning: `Codex changes its databases with its releases, step by step, and notes each step (a
*migration*) in the table \`_sqlx_migrations\`. Here some of these notes are gone, while the tables
show that the steps were taken. Codex takes such a step once more, stumbles over what is already
there, and gives up: 0.131 and newer do not start, older versions go on without the database and list
only what they find in the files. 0.142 to 0.160 do not even say why. **Your conversations are not
touched by this.**

The cure writes the missing notes back, each as Codex itself writes it, and nothing else. It goes no
further than the step to which the tables are proven to have come.

A database that is merely older is not meant: Codex brings it up to date by itself. Of tables that
are of no release known to this program, only a note that is missing between others is reported.`,
  severity: 'error',
  needs: { home: 'seen', 'state-database': 'seen' },
  *detect(snapshot) {
    for (const database of databasesInUse(snapshot)) {
      const missing = missingRecords(database);
      if (missing.length === 0) continue;
      const { family, migrations } = database;
      const known = new Set(migrations?.known.map(({ version }) => version));
      const reactions = reactionsTo('drift', database, snapshot.codexes);
      yield {
        subject: databaseSubject(database),
        facts: {
          missing,
          newestRecorded: newestRecord(database),
          hasTable: migrations?.recorded != null,
          schemaVersions: migrations?.schemaVersions ?? [],
          valuesKnown: missing.every(version => known.has(version)),
          family,
          ...reactions,
        },
        threads: [],
        severity: isGrave(family, reactions) ? 'error' : 'warning',
      };
    }
  },
  say: ({ missing, newestRecorded, hasTable, family, ...reactions }) => {
    const which =
      newestRecorded === 0
        ? `no notes of its updates${hasTable ? '' : ' (their table is gone)'}`
        : `no note of its ${missing.length === 1 ? 'update' : 'updates'} ${ranges(missing)}`;
    return `${databaseName(family)} has ${which}, although its tables show that ${missing.length === 1 ? 'it was' : 'they were'} made. ${sayReactions('drift', family, reactions)}`;
  },
  cures: [
    {
      ...SAFE,
      id: 'write-notes-back',
      title: 'Write the missing notes of updates back',
      limits: 'Where the tables show that an update was not made, its note is not written.',
      needs: ['codex-stopped'],
      phase: 'databases',
      // Only where the tables prove that the updates were made, and what Codex writes is known.
      fits: ({ facts }) => facts.valuesKnown && facts.schemaVersions.length > 0,
      plan: ({ subject, facts }, snapshot) => {
        const database = snapshot.databases.find(({ key }) => key === subject.key);
        if (database?.migrations == null)
          return { why: 'it cannot be read', next: 'Look again with codex-health scan.' };
        return {
          says: `The ${facts.missing.length === 1 ? 'note' : 'notes'} of ${facts.missing.length === 1 ? 'update' : 'updates'} ${ranges(facts.missing)} ${facts.missing.length === 1 ? 'is' : 'are'} back, as Codex writes ${facts.missing.length === 1 ? 'it' : 'them'}.`,
          steps: [writeNotes(database.file, database.migrations, facts.missing, snapshot)],
        };
      },
    },
  ],
});

/** When each was installed is filled in by the table itself, as it is when Codex writes it. */
function writeNotes(
  database: FilePath,
  { known, recorded }: Migrations,
  missing: readonly number[],
  snapshot: Snapshot,
): RowsStep {
  const isCrlf = isOfWindows(recorded ?? [], known, snapshot);
  return {
    kind: 'rows',
    database,
    table: '_sqlx_migrations',
    ...(recorded === null ? { makes: TABLE } : {}),
    changes: known
      .filter(({ version }) => missing.includes(version))
      .map(({ version, description, lf, crlf }) => ({
        key: { version: String(version) },
        before: null,
        after: {
          description: literal(description),
          success: '1',
          checksum: `X'${(isCrlf ? (crlf ?? lf) : lf).toUpperCase()}'`,
          execution_time: '0',
        },
      })),
  };
}

/** As the notes that are there say; without any, as the Codexes of this machine have it. */
function isOfWindows(
  recorded: readonly RecordedMigration[],
  known: Migrations['known'],
  { codexes, home }: Snapshot,
): boolean {
  const families = new Set(recorded.map(({ family }) => family));
  if (families.has('lf') || families.has('crlf')) return !families.has('lf');
  const first = codexes.find(({ firstChecksum }) => firstChecksum !== null)?.firstChecksum;
  return first == null ? home.system === 'win32' : first === known[0]?.crlf;
}

/** As the library makes it that Codex uses for its updates. */
const TABLE = `CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
)`;
