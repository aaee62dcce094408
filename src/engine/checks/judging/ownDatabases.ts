// Where this host has the databases of its home by a plan of ours, and what follows from that for those that
// still lie in the home.

import type { Database } from '../../model/database.ts';
import type { OwnDatabases } from '../../model/host.ts';
import { sameDirectory } from '../../model/paths.ts';
import type { Snapshot } from '../../model/snapshot.ts';

/** Null where none were made, or the making was undone. */
export function ownDatabasesHere({ home, hosts }: Snapshot): OwnDatabases | null {
  const own = hosts.ownDatabases.findLast(
    one => one.host === hosts.here.hostname && sameDirectory(one.home, home.path, home.system),
  );
  return own ?? null;
}

/** Whether a Codex that is started from where we look would use them. */
export function usesOwnDatabases(snapshot: Snapshot): boolean {
  const own = ownDatabasesHere(snapshot);
  const { sqliteHome, system } = snapshot.home;
  return own !== null && sameDirectory(own.folder, sqliteHome, system);
}

/** State databases beside the one in use of which it is not known what they are for. */
export function strayStates(snapshot: Snapshot): readonly Database[] {
  const { otherStates, home } = snapshot;
  const isForOthers = ownDatabasesHere(snapshot)?.isShared === true && usesOwnDatabases(snapshot);
  if (!isForOthers) return otherStates;
  // What lies right in the home is there for the other hosts.
  return otherStates.filter(({ file, name }) => file !== `${home.path}/${name}`);
}
