// Whether a host uses the databases that it was given on a disk of its own: by what a command and a login shell
// get there now, and by the environments of the servers that run. Nothing is assumed of a host that nobody has seen.

import type { HostSight, OwnDatabases, SeenServer, SeenStart } from '../model/host.ts';
import { sameDirectory } from '../model/paths.ts';
import type { FilePath } from '../model/words.ts';

export interface DatabasesTook {
  /** `unknown`: it was not seen, or did not say what is started there. */
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Ways of starting in which Codex would use the home with other databases. */
  readonly wrong: readonly SeenStart[];
  /** Servers that were started before, and go on with the others. */
  readonly stale: readonly SeenServer[];
}

export function databasesTook(own: OwnDatabases, sights: readonly HostSight[]): DatabasesTook {
  const sight = sights
    .filter(({ machine, by }) => machine?.hostname === own.host && by !== 'nobody')
    .toSorted((one, other) => other.takenAtMs - one.takenAtMs)[0];
  if (sight === undefined || sight.starts.length === 0)
    return { answer: 'unknown', wrong: [], stale: [] };
  const { starts, servers } = sight;
  const home = `${starts[0]?.home ?? ''}/.codex`;
  const usesHome = (codexHome: FilePath | null) => isSame(codexHome ?? home, own.home);
  const wrong = starts.filter(
    one => usesHome(one.codexHome) && !isSame(one.sqliteHome, own.folder),
  );
  const stale = servers.filter(
    one => !one.isOpaque && usesHome(one.codexHome) && !isSame(one.sqliteHome, own.folder),
  );
  return { answer: wrong.length + stale.length > 0 ? 'no' : 'yes', wrong, stale };
}

function isSame(one: FilePath | null, other: FilePath): boolean {
  return one !== null && sameDirectory(one, other, 'linux');
}
