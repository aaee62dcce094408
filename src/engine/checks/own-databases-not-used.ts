import type { SeenStart } from '../model/host.ts';
import { sameDirectory } from '../model/paths.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { databasesTook } from '../hosts/databasesTook.ts';
import { defineCheck } from './check.ts';
import { ownDatabasesHere, usesOwnDatabases } from './judging/ownDatabases.ts';
import { join } from './words.ts';

export default defineCheck({
  id: 'own-databases-not-used',
  title: 'A host does not use the databases that it was given on its own disk',
  meaning: `This host was given databases on a disk of its own, and a Codex that is started there, or that
still runs, uses others: what it lists, names and pins is then in those. **The conversations are in one
place, in files, and nothing is lost.**

Mostly a terminal or a window has been open since before that: \`CODEX_SQLITE_HOME\` is set for what is
started from a new login. Close them, end servers that still run, and log in again. Or a start-up file sets
\`CODEX_SQLITE_HOME\` once more, the shell reads another file than those with the marked lines, or config.toml
says \`sqlite_home\`, which goes before it; then take that out.

Undoing that repair, on the host itself, puts all of it back.`,
  severity: 'warning',
  needs: { home: 'seen' },
  *detect(snapshot) {
    const { home, hosts } = snapshot;
    for (const own of hosts.ownDatabases) {
      if (!sameDirectory(own.home, home.path, home.system)) continue;
      const isHere = own === ownDatabasesHere(snapshot);
      const { wrong, stale } = databasesTook(own, hosts.sights);
      const because = [
        ...(isHere ? fromHere(snapshot) : []),
        ...wrong.map(sayStart),
        ...stale.map(({ program, pid }) => `${program} (process ${String(pid)}) still uses others`),
      ];
      if (because.length === 0) continue;
      yield {
        subject: { kind: 'host' as const, key: own.host, path: null },
        facts: { host: own.host, folder: own.folder, because },
        threads: [],
      };
    }
  },
  say: ({ host, folder, because }) =>
    `${host} was given databases in ${folder}, but ${join(because)}.`,
});

/** Whoever names a place by hand has another one in mind. */
function fromHere(snapshot: Snapshot): readonly string[] {
  const { sqliteHome, sqliteHomeFrom } = snapshot.home;
  if (sqliteHomeFrom === 'option' || usesOwnDatabases(snapshot)) return [];
  return [
    sqliteHomeFrom === 'config'
      ? `config.toml says sqlite_home = ${sqliteHome}`
      : `a Codex that is started from here does not know of it`,
  ];
}

function sayStart({ how, shell, sqliteHome }: SeenStart): string {
  const who = how === 'command' ? 'a command over ssh' : 'a login shell';
  return `${who} (${shell}) gets ${sqliteHome ?? 'those in the home'}`;
}
