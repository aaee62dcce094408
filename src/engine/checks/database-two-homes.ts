import type { Home } from '../model/snapshot.ts';
import { defineCheck } from './check.ts';
import { databaseSubject } from './judging/databasesInUse.ts';
import { strayStates } from './judging/ownDatabases.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'database-two-homes',
  title: 'Two databases list the threads of one home',
  meaning: `Codex keeps its databases in the home, or where \`sqlite_home\` in config.toml or
\`CODEX_SQLITE_HOME\` says; the desktop app has also used a folder \`sqlite\` in the home. In this home
there are state databases in two places, and both list threads. Each program shows what its own one
lists: a thread that was made, named or archived with one of them is not so with the other. **The
conversations themselves are in one place, in files, and nothing is lost.**

Look which of the two your programs use, and set the same place for all of them. This program looks
at the one that Codex would use if it was started from here; \`--sqlite-home\` or the setting
\`codexHealth.sqliteHome\` chooses. Until one is chosen nothing is written, since it could be the
wrong one. The two are never merged. Where \`codex-health hosts local-databases\` has given this host
databases of its own, those in the home are there for the other hosts, and nothing is said.`,
  severity: 'warning',
  needs: { 'state-database': 'seen' },
  *detect(snapshot) {
    const { state, home } = snapshot;
    const otherStates = strayStates(snapshot);
    if (state === null || state.rows.length === 0 || otherStates.length === 0) return;
    yield {
      subject: databaseSubject(state.database),
      facts: {
        file: state.database.file,
        from: home.sqliteHomeFrom,
        others: otherStates.map(({ file }) => file),
      },
      threads: [],
    };
  },
  say: ({ file, from, others }) =>
    `${WHO[from]} ${file}. Threads are also listed in ${join(others)}, which another Codex may use: each shows its own.`,
});

const WHO: Readonly<Record<Home['sqliteHomeFrom'], string>> = {
  option: 'You have chosen',
  environment: 'Because of CODEX_SQLITE_HOME, a Codex that is started from here uses',
  config: 'Because of sqlite_home in config.toml, Codex uses',
  home: 'Codex uses',
};
