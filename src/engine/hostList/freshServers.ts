// After a split a Codex is started for a moment on each of its hosts, in each way in which one is started there,
// and says itself where it keeps its things. Whatever starts writes into its home: where the look before has
// seen another home than the planned one, or has not seen which, nothing is started.

import { getsPlanned, newestOf, WAYS } from '../hosts/splitTook.ts';
import type {
  FreshServer,
  HostHome,
  HostName,
  HostSight,
  PlannedSplit,
  SeenStart,
} from '../model/host.ts';
import type { FilePath } from '../model/words.ts';
import { compareVersions } from '../model/versions.ts';
import type { FreshStart, World } from '../world.ts';

interface Looked {
  /** This machine, where it is one of the hosts. */
  readonly here: HostSight | null;
  readonly sights: readonly HostSight[];
}

/** Hosts that nobody has seen have no answer. */
export async function askFreshServers(
  { hosts }: World,
  split: PlannedSplit,
  { here, sights }: Looked,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<HostName, readonly FreshServer[]>> {
  const answers = await Promise.all(
    split.hosts.map(async host => {
      const isHere = here?.machine?.hostname === host.host;
      const sight = isHere ? here : newestOf(host, sights);
      if (sight === null) return null;
      const { starts, notStarted } = chooseStarts(host, sight);
      const said =
        starts.length === 0
          ? []
          : await hosts.startFresh(isHere ? null : sight.alias, starts, signal);
      return [host.host, [...said, ...notStarted]] as const;
    }),
  );
  return new Map(answers.filter(answer => answer !== null));
}

function chooseStarts(host: HostHome, sight: HostSight) {
  const starts: FreshStart[] = [];
  const notStarted: FreshServer[] = [];
  const program = newestIn(sight);
  for (const how of WAYS) {
    const start = sight.starts.find(one => one.how === how);
    const home = start?.codexHome ?? null;
    if (start !== undefined && home !== null && getsPlanned(start, host))
      starts.push({ how, home, program });
    else notStarted.push({ how, program: program ?? 'codex', codexHome: null, why: whyNot(start) });
  }
  return { starts, notStarted };
}

function whyNot(start: SeenStart | undefined): string {
  return start === undefined
    ? 'which home it would use could not be seen, and it was not started'
    : 'it would have used another home, and was not started';
}

/** Only those that could say their version can be started. */
function newestIn({ codexes }: HostSight): FilePath | null {
  const usable = codexes.flatMap(({ path, version }) =>
    version === null ? [] : { path, version },
  );
  const newest = usable.toSorted((one, other) => compareVersions(other.version, one.version))[0];
  return newest?.path ?? null;
}
