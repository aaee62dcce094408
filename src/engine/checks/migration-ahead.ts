import type { Database } from '../model/database.ts';
import type { Codex } from '../model/snapshot.ts';
import { defineCheck } from './check.ts';
import { reactionsTo, sayReactions, versionsOf } from './judging/codexReactions.ts';
import { databaseName, databasesInUse, databaseSubject } from './judging/databasesInUse.ts';
import { missingRecords, newestRecord } from './judging/migrationRecords.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'migration-ahead',
  title: 'The database is newer than a Codex on this machine',
  meaning: `A newer Codex has used this home and changed the database for itself (its *migrations*). An
older Codex meets changes that it does not know. From 0.120 on it works with the database all the
same; 0.118 and older refuse it, do without, and list only what they find in the files. What an older
Codex makes of the threads themselves is another matter, which other checks look at.

Nothing is lost, and nothing is to be repaired: the database cannot be made older. Update the older
Codex; they can sit in several places, such as the command line, the editor's extension and the
desktop app. It is a note where the older Codex gets along and a Codex that knows all the changes is
here as well.

When no Codex on this machine knows the changes, and neither does this program, what it says of the
database may be incomplete: look for a newer version of it.`,
  severity: 'warning',
  needs: { home: 'seen', 'state-database': 'seen', codexes: 'seen' },
  *detect({ codexes, ...snapshot }) {
    const ahead = databasesInUse({ codexes, ...snapshot }).filter(
      database => missingRecords(database).length === 0 && isAhead(database, codexes),
    );
    // One older Codex is one cause, however many databases it is behind of.
    const database = ahead.find(({ family }) => family === 'state') ?? ahead[0];
    if (database === undefined) return;
    const older = codexes.filter(codex => isOlder(codex, database));
    const reactions = reactionsTo('newer', database, older);
    const others = codexes.filter(
      codex => knows(codex, database) !== null && !older.includes(codex),
    );
    const isHarmless = others.length > 0 && reactions.tolerates.length === versionsOf(older).length;
    yield {
      subject: databaseSubject(database),
      facts: {
        newestRecorded: newestRecord(database),
        newestKnown: database.migrations?.newestKnown ?? null,
        older: versionsOf(older),
        newer: versionsOf(others),
        databases: ahead.map(({ key }) => key),
        family: database.family,
        ...reactions,
      },
      threads: [],
      severity: isHarmless ? 'note' : 'warning',
    };
  },
  say: ({ newestRecorded, newestKnown, older, newer, family, ...reactions }) => {
    const name = databaseName(family);
    const number = String(newestRecorded);
    if (older.length === 0)
      return `${name} has had update ${number}, and the newest that is known is ${String(newestKnown)}: a newer Codex has used this home.`;
    const verb = older.length === 1 ? 'does' : 'do';
    const known = newer.length === 0 ? '' : ` Codex ${join(newer)} knows them.`;
    return `${name} has had updates up to ${number}, and Codex ${join(older)} ${verb} not know them all.${known} ${sayReactions('newer', family, reactions)}`;
  },
});

/** Some Codex here does not know the newest record; or there is none, and nobody that we know does. */
function isAhead(database: Database, codexes: readonly Codex[]): boolean {
  if (codexes.some(codex => isOlder(codex, database))) return true;
  const newestKnown = database.migrations?.newestKnown ?? null;
  return codexes.length === 0 && newestKnown !== null && newestRecord(database) > newestKnown;
}

function isOlder(codex: Codex, database: Database): boolean {
  const newest = knows(codex, database);
  return newest !== null && newest < newestRecord(database);
}

/** The newest migration of a database that a Codex knows; null where that could not be learnt. */
function knows({ migrations }: Codex, { name }: Database): number | null {
  return migrations?.[name] ?? null;
}
