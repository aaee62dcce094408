// Whether a split has taken, host by host: by what a command and a login shell get there now, and by the
// homes in the environments of the servers that run. Nothing is assumed of a host that nobody has seen.

import type {
  FreshServer,
  HostHome,
  HostName,
  HostSight,
  HostTook,
  PlannedSplit,
  SeenServer,
  SeenStart,
} from '../model/host.ts';
import { sameDirectory } from '../model/paths.ts';
import type { FilePath } from '../model/words.ts';

/** `fresh`: what fresh servers said, for the hosts on which some were to be started. */
export function splitTook(
  split: PlannedSplit,
  sights: readonly HostSight[],
  fresh: ReadonlyMap<HostName, readonly FreshServer[]> = new Map(),
): readonly HostTook[] {
  // What was seen before it was made, of a host that does not answer now, says nothing of how it is since.
  const since = sights.filter(({ takenAtMs }) => takenAtMs >= Date.parse(split.at));
  return split.hosts.map(host => {
    const sight = newestOf(host, since);
    const said = fresh.get(host.host) ?? null;
    if (sight === null)
      return { ...host, answer: 'unknown', wrong: [], stale: [], fresh: said ?? [] };
    const wrong = sight.starts.filter(start => !getsPlanned(start, host));
    const stale = sight.servers.filter(server => usesShared(server, sight, split.home));
    const strange = (said ?? []).filter(
      ({ codexHome }) => codexHome !== null && !isSame(codexHome, host.home),
    );
    const contradicts = wrong.length + stale.length + strange.length > 0;
    const isSure = said === null ? sight.starts.length > 0 : isConfirmed(said, sight);
    const answer = contradicts ? 'no' : isSure ? 'yes' : 'unknown';
    return { ...host, answer, wrong, stale, fresh: said ?? [] };
  });
}

/** Whether what is started so keeps all that it has in the home that the host was given. */
export function getsPlanned({ codexHome, sqliteHome }: SeenStart, { home }: HostHome): boolean {
  return isSame(codexHome, home) && (sqliteHome === null || isSame(sqliteHome, home));
}

/** Every way of starting has said so itself, and every server that runs could be looked at. */
function isConfirmed(said: readonly FreshServer[], { servers, gaps }: HostSight): boolean {
  const haveAllSaid = WAYS.every(how =>
    said.some(one => one.how === how && one.codexHome !== null),
  );
  const areServersSeen =
    servers.every(({ isOpaque }) => !isOpaque) &&
    gaps.every(({ what }) => what !== 'running app servers');
  return haveAllSaid && areServersSeen;
}

export const WAYS: readonly SeenStart['how'][] = ['command', 'login'];

export function newestOf({ host }: HostHome, sights: readonly HostSight[]): HostSight | null {
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
