import { defineCheck } from './check.ts';
import { databaseAt, databaseSubject, stateFile, subjectOfFile } from './judging/databasesInUse.ts';
import { ownDatabasesHere, usesOwnDatabases } from './judging/ownDatabases.ts';
import { namedThreads } from './judging/namedThreads.ts';
import { countOf, join } from './words.ts';
import { rebuild } from './cures/rebuild.ts';
import { moveFile, SAFE } from './cures/curing.ts';

/** What every Codex from 0.111 to 0.169 calls it. */
const NAME = 'state_5.sqlite';

export default defineCheck({
  id: 'database-missing',
  title: 'Conversations are there, and the database is not',
  meaning: `The state database is an index of your conversations, and it is not where Codex looks for it,
or has nothing in it. **The conversations are in files of their own and are still there.** Codex makes a
new database from them: 0.135 and newer at the next start, before they answer; 0.121 and 0.128 with the
first new thread. Until then lists that are read from the database are empty.

What only the old database knew does not come back by itself: pins, sections, projects and read
marks. Names that you gave are also in \`session_index.jsonl\`, and can be put back. Where Codex has put
an older state database aside in \`db-backups\`, the rest is read there and put back as it was on that
day, which the plan names.

Look first whether the database is merely elsewhere: \`sqlite_home\` in config.toml and
\`CODEX_SQLITE_HOME\` say where Codex looks for it. Where another one with threads was found in this
home, the finding names it.`,
  severity: 'warning',
  needs: {
    home: 'seen',
    'state-database': 'seen',
    'rollouts-active': 'seen',
    'rollouts-archived': 'seen',
  },
  *detect(snapshot) {
    const { rollouts, home, otherStates } = snapshot;
    const file = stateFile(snapshot);
    const isEmpty = file?.trouble?.kind === 'empty';
    // They are where this host was told that they are, and it is not the database that is missing here.
    if (ownDatabasesHere(snapshot)?.isShared === false && !usesOwnDatabases(snapshot)) return;
    if (rollouts.length === 0 || (file !== null && !isEmpty)) return;
    yield {
      subject: file === null ? subjectOfFile(databaseAt(home, NAME), home) : databaseSubject(file),
      facts: {
        isEmpty,
        rollouts: rollouts.length,
        others: otherStates.map(({ key }) => key),
        names: namedThreads(snapshot),
      },
      threads: [],
    };
  },
  say: ({ isEmpty, rollouts, others, names }) => {
    const what = isEmpty ? 'The state database has nothing in it' : 'There is no state database';
    const elsewhere =
      others.length === 0
        ? ' Codex makes a new one from them.'
        : ` Another one with threads is at ${join(others)}.`;
    const named =
      names.length === 0
        ? ''
        : ` ${countOf(names.length, 'name')} that you gave can be put back after that.`;
    const are = rollouts === 1 ? 'is' : 'are';
    return `${what}, and ${countOf(rollouts, 'conversation file')} ${are} there.${elsewhere}${named}`;
  },
  cures: [
    {
      ...SAFE,
      id: 'rebuild',
      title: 'Let Codex make its database anew, and give threads their names again',
      limits:
        'Pins, sections, projects and read marks come back only from a copy that Codex has put aside, as they were on that day. Without one there are only names to put back.',
      needs: ['codex-stopped', 'codex-started'],
      phase: 'databases',
      fits: ({ facts }) => facts.others.length === 0,
      wishes: ({ subject }) => ({ backups: [subject.path ?? ''] }),
      plan: ({ id, subject }, snapshot, closer) => {
        const file = stateFile(snapshot);
        const backup = closer.backups[subject.path ?? ''];
        return rebuild(
          snapshot,
          id,
          'Codex makes a new database from the conversations.',
          backup === undefined ? null : { salvage: backup.salvage, source: sayBackup(backup.atMs) },
          file === null ? [] : [moveFile(file, { vault: file.name })],
        );
      },
    },
  ],
});

/** What was changed after that day is not in it. */
function sayBackup(atMs: number): string {
  return `the copy that Codex put aside on ${new Date(atMs).toISOString().slice(0, 10)}`;
}
