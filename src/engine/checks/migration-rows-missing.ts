import { defineCheck } from './check.ts';
import { isGrave, reactionsTo, sayReactions } from './codexReactions.ts';
import { databaseName, databasesInUse, databaseSubject } from './databasesInUse.ts';
import { missingRecords, newestRecord } from './migrationRecords.ts';
import { ranges } from './words.ts';

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
});
