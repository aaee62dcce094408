import type { Database } from '../model/database.ts';
import { defineCheck } from './check.ts';
import { isGrave, reactionsTo, sayReactions } from './judging/codexReactions.ts';
import { databaseName, databasesInUse, databaseSubject } from './judging/databasesInUse.ts';
import { ranges } from './words.ts';
import { SAFE } from './cures/curing.ts';

export default defineCheck({
  id: 'migration-partial',
  title: 'An update of the database is noted as unfinished',
  meaning: `Codex notes for each step (*migration*) by which it changes a database whether it came to
its end. Here a note says that it did not. Codex then refuses the database as a whole: 0.131 and newer
do not start, older versions go on without it and list only what they find in the files. **Your
conversations are not touched by this.**

Codex makes such a step all at once or not at all, so mostly the note is wrong and the step is
complete. Where the tables prove that, the cure corrects the note. Where they do not, nothing is
changed, and the way out is to move the database aside and let Codex make it anew from your files;
names that you gave are then put back from \`session_index.jsonl\`.`,
  severity: 'error',
  needs: { home: 'seen', 'state-database': 'seen' },
  *detect(snapshot) {
    for (const database of databasesInUse(snapshot)) {
      const recorded = database.migrations?.recorded ?? [];
      const versions = recorded.filter(({ success }) => !success).map(({ version }) => version);
      if (versions.length === 0) continue;
      const reactions = reactionsTo('drift', database, snapshot.codexes);
      yield {
        subject: databaseSubject(database),
        facts: {
          versions,
          complete: areComplete(database, versions),
          family: database.family,
          ...reactions,
        },
        threads: [],
        severity: isGrave(database.family, reactions) ? 'error' : 'warning',
      };
    }
  },
  say: ({ versions, complete, family, ...reactions }) => {
    const isOne = versions.length === 1;
    const updates = `${isOne ? 'update' : 'updates'} ${ranges(versions)} ${isOne ? 'was' : 'were'}`;
    const shown =
      complete === 'yes' ? `, but its tables show that ${isOne ? 'it was' : 'they were'}` : '';
    return `${databaseName(family)} notes that its ${updates} not finished${shown}. ${sayReactions('drift', family, reactions)}`;
  },
  cures: [
    {
      ...SAFE,
      id: 'note-as-finished',
      title: 'Note the update as finished, which it is',
      limits:
        'An update that really stopped half way is not finished by it: that has no cure here.',
      needs: ['codex-stopped'],
      phase: 'databases',
      fits: ({ facts }) => facts.complete === 'yes',
      plan: ({ subject, facts }) => ({
        says: 'The note says that the update came to its end, as the tables show.',
        steps: [
          {
            kind: 'rows',
            database: subject.path ?? '',
            table: '_sqlx_migrations',
            changes: facts.versions.map(version => ({
              key: { version: String(version) },
              before: { success: '0' },
              after: { success: '1' },
            })),
          },
        ],
      }),
    },
  ],
});

/** Whether the tables are as they are after these migrations. */
function areComplete({ migrations }: Database, versions: readonly number[]) {
  const [first, last] = [migrations?.schemaVersions[0], migrations?.schemaVersions.at(-1)];
  if (first === undefined || last === undefined) return 'unknown';
  if (versions.every(version => version <= first)) return 'yes';
  // A migration that changes only rows leaves no trace in the schema.
  return versions.some(version => version > last) ? 'no' : 'unknown';
}
