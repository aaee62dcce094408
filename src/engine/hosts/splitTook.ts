// Whether a split has taken, host by host: by what a command and a login shell get there now, and by the
// homes in the environments of the servers that run. Nothing is assumed of a host that nobody has seen.

import type { HostHome, HostSight, PlannedSplit, SeenServer, SeenStart } from '../model/host.ts';
import { sameDirectory } from '../model/paths.ts';
import type { FilePath } from '../model/words.ts';

export interface HostTook extends HostHome {
  /** `unknown`: it was not seen, or did not say what is started there. */
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Ways of starting that give another home than the planned one. */
  readonly wrong: readonly SeenStart[];
  /** Servers that were started before, and go on with the home that was split. */
  readonly stale: readonly SeenServer[];
}

export function splitTook(split: PlannedSplit, sights: readonly HostSight[]): readonly HostTook[] {
  return split.hosts.map(host => {
    const sight = newestOf(host, sights);
    if (sight === null) return { ...host, answer: 'unknown', wrong: [], stale: [] };
    const wrong = sight.starts.filter(({ codexHome }) => !isSame(codexHome, host.home));
    const stale = sight.servers.filter(server => usesShared(server, sight, split.home));
    const isKnown = sight.starts.length > 0;
    const answer = wrong.length + stale.length > 0 ? 'no' : isKnown ? 'yes' : 'unknown';
    return { ...host, answer, wrong, stale };
  });
}

function newestOf({ host }: HostHome, sights: readonly HostSight[]): HostSight | null {
  const seen = sights.filter(({ machine, by }) => machine?.hostname === host && by !== 'nobody');
  return seen.toSorted((one, other) => other.takenAtMs - one.takenAtMs)[0] ?? null;
}

/** Where its environment names none, it has the default; where that cannot be read, nobody is accused. */
function usesShared(
  { codexHome, isOpaque }: SeenServer,
  { starts }: HostSight,
  shared: FilePath,
): boolean {
  const [start] = starts;
  if (isOpaque) return false;
  return isSame(codexHome ?? (start === undefined ? null : `${start.home}/.codex`), shared);
}

function isSame(one: FilePath | null, other: FilePath): boolean {
  return one !== null && sameDirectory(one, other, 'linux');
}
