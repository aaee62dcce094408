// Which hosts have the databases of a home on a disk of their own, as it is kept in the person's state
// directory. Hosts that share a home share that directory too: each of them reads what is said of all.

import type { OwnDatabases } from '../model/host.ts';
import type { Keep } from '../world.ts';

export const OWN_DATABASES = 'own-databases.json';

export async function readOwnDatabases(keep: Keep): Promise<readonly OwnDatabases[]> {
  const read = await keep.read(OWN_DATABASES);
  return read.ok && read.value !== null ? parse(read.value) : [];
}

/** What somebody has written there by hand is nothing to rely on. */
function parse(text: string): readonly OwnDatabases[] {
  try {
    const { databases } = JSON.parse(text) as { readonly databases?: unknown };
    return Array.isArray(databases) ? databases.filter(isOwn) : [];
  } catch {
    return [];
  }
}

function isOwn(one: unknown): one is OwnDatabases {
  const { isShared, ...texts } = (one ?? {}) as Partial<Record<keyof OwnDatabases, unknown>>;
  const { home, host, folder, receipt, at } = texts;
  return (
    typeof isShared === 'boolean' &&
    [home, host, folder, receipt, at].every(text => typeof text === 'string')
  );
}
