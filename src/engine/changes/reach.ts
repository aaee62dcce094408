// How far undoing a repair reaches: a split, and databases on a disk of this host, are undone also where other hosts
// share the home, which nothing else is. What has to be known of those is refused here while it is not.

import { join } from '../checks/words.ts';
import { namesOfOthers } from '../hosts/hostsOfHome.ts';
import type { HostHome, HostName, HostSight } from '../model/host.ts';
import type { Report } from '../model/report.ts';
import { Refusal } from '../refusal.ts';
import { putsOldAway } from '../repair/ownDatabases/databasesMade.ts';
import { foldersGivenBy, refuseWhileOthersUse } from '../repair/ownDatabases/preconditions.ts';
import { planRemembered } from '../repair/remembered.ts';
import type { Site } from '../repair/site.ts';
import { refuseUnlessClosedElsewhere } from '../repair/split/closedOnHosts.ts';
import { homesMadeBy } from '../repair/split/wish.ts';
import type { Repair } from '../repair/vault.ts';
import type { World } from '../world.ts';

export interface Reach {
  /** The homes that would be put together again; none where it is no split. */
  readonly split: readonly HostHome[];
  /**
   * Whether it has only given this host databases of its own: what lies on its disk nobody else has open, and what
   * comes back into the home does so where nobody else is.
   */
  readonly isOfThisHostAlone: boolean;
}

export async function reachOf(
  report: Report,
  repairs: readonly Repair[],
  receipt: string | null,
  site: Site,
): Promise<Reach> {
  const plan = await planRemembered(repairs, receipt, site);
  if (plan === null) return { split: [], isOfThisHostAlone: false };
  const isOfThisHostAlone = foldersGivenBy(plan).length > 0;
  if (isOfThisHostAlone)
    refuseWhileOthersUse(namesOfOthers(report.snapshot), putsOldAway(plan) ? 'go' : 'stay');
  return { split: homesMadeBy(plan), isOfThisHostAlone };
}

/** What is known of other hosts where a split is taken back. */
export interface SeenElsewhere {
  readonly sights: readonly HostSight[];
  /** Hosts of which the person says that no Codex runs there; it counts where nobody answers. */
  readonly closed: readonly HostName[];
}

/** Whatever takes a split back comes by here: null is whoever has not looked at any host. */
export function refuseWhileOpenElsewhere(
  report: Report,
  homes: readonly HostHome[],
  seen: SeenElsewhere | null,
  world: World,
): void {
  const here = hereAndNow(world);
  if (seen !== null)
    return refuseUnlessClosedElsewhere(report, homes, seen.sights, here, seen.closed);
  const others = homes.map(({ host }) => host).filter(host => host !== here.hostname);
  if (others.length === 0) return;
  throw new Refusal(
    'other-hosts',
    `A split of this home was stopped in the middle, and whether every Codex on ${join(others)} is closed has to be known before what was begun is put back.`,
    'Nothing was changed. codex-health undo looks at these hosts by itself, and puts it back.',
  );
}

export function hereAndNow(world: World) {
  const { hostname, userHome, id: machine } = world.machine;
  return { hostname, machine, userHome, ms: world.now() };
}
