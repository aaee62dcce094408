// What happens between a yes and its receipt: it is planned again, and refused when it is no longer what
// was shown; whoever has the files open is waited for, where that was wished.

import {
  isSameSubstance,
  programsToClose,
  waitForHolders,
  waitForHosts,
  type Engine,
  type Repairs,
} from '../../engine/engine.ts';
import type { HostSight } from '../../engine/model/host.ts';
import type { Plan } from '../../engine/model/plan.ts';
import type { Report } from '../../engine/model/report.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { World } from '../../engine/world.ts';
import type { RepairDone, SplitWished, Wish } from '../../protocol/repairs.ts';
import type { ServerSettings } from '../../protocol/settings.ts';
import { carryOut, planFor } from './carrying.ts';
import { homesOf } from './splitting.ts';
import { describeOpen, describeWaiting, type Teller } from './telling.ts';

/** What one change works on, from its beginning to its end, whatever becomes of the settings meanwhile. */
export interface Site {
  readonly world: World;
  readonly repairs: Repairs;
  readonly vault: string | null;
  scan(): Promise<Report>;
  /** Looks at the other hosts now. */
  lookAtHosts(signal?: AbortSignal): Promise<readonly HostSight[]>;
}

/** Looks for itself: what a repair relies on is not what somebody else has gathered bit by bit. */
export function siteOf(
  world: World,
  engine: Engine,
  repairs: Repairs,
  { home, sqliteHome, codexPath }: ServerSettings,
  vault: string | null,
  lookAtHosts: Site['lookAtHosts'],
): Site {
  const scan = () => engine.scan({ home, sqliteHome, codex: codexPath, full: false });
  return { world, repairs, vault, scan, lookAtHosts };
}

/** What somebody has seen, and said yes to. */
export interface Yes {
  readonly wish: Wish;
  readonly sha: string;
  readonly waits: boolean;
}

export async function doIt(
  site: Site,
  yes: Yes,
  signal: AbortSignal,
  teller: Teller,
): Promise<RepairDone> {
  const { report, plan, sights } = await agree(site, yes, signal, teller);
  const { repairs, vault, scan } = site;
  const consent = { sha: plan.sha, vault, signal, progress: teller.tell, sights };
  return carryOut(repairs, report, scan, yes.wish, consent);
}

interface Agreed {
  readonly report: Report;
  readonly plan: Plan;
  /** Fresh looks at other hosts, which only a split asks for. */
  readonly sights: readonly HostSight[];
}

/** The plan that was shown, or one that is the same in substance after somebody was waited for. */
async function agree(
  site: Site,
  { wish, sha, waits }: Yes,
  signal: AbortSignal,
  teller: Teller,
): Promise<Agreed> {
  const { world, repairs, vault, scan, lookAtHosts } = site;
  const make = async (sights: Agreed['sights']): Promise<Agreed> => {
    const report = await scan();
    return { report, plan: await planFor(repairs, report, wish, vault), sights };
  };
  const shown = await make([]);
  if (shown.plan.sha !== sha) throw otherPlan();
  if (shown.plan.units.length === 0)
    throw new Refusal('nothing-to-do', 'There is nothing to do.', 'Nothing was changed.');
  if (!waits)
    return wish.kind === 'split' ? { ...shown, sights: await lookAtHosts(signal) } : shown;
  const sights =
    wish.kind === 'split' ? await waitForHostsOf(site, wish, signal, teller) : NOBODY_ELSE;
  const hasWaited = await waitForHolders(world, shown.report, shown.plan, signal, holders =>
    teller.say(describeWaiting(holders)),
  );
  if (!hasWaited && wish.kind !== 'split') return shown;
  // Whoever was seen to be closed has written a last time before this.
  const made = await make(sights);
  if (!isSameSubstance(made.plan, shown.plan)) throw otherPlan();
  return made;
}

const NOBODY_ELSE: readonly HostSight[] = [];

/** Until no program has the home open on any host of a split: what was seen of them then. */
async function waitForHostsOf(
  { world, repairs, scan, lookAtHosts }: Site,
  wish: SplitWished,
  signal: AbortSignal,
  teller: Teller,
): Promise<readonly HostSight[]> {
  const look = async () => {
    const sights = await lookAtHosts(signal);
    return { sights, report: await scan() };
  };
  const hosts = homesOf(repairs, wish);
  const seen = await waitForHosts(
    world,
    look,
    ({ sights, report }) => programsToClose(report, hosts, sights, wish.closed),
    signal,
    programs => teller.say(describeOpen(programs)),
  );
  return seen.sights;
}

export function otherPlan(): Refusal {
  return new Refusal(
    'plan-changed',
    'The home has changed since this plan was made: what would be done now is not what was shown.',
    'Nothing was changed. Look at the new plan, and apply that.',
  );
}

/** Whoever comes while somebody is at work is told so, and does not wait. */
export function createTurn() {
  let isTaken = false;
  return {
    isTaken: () => isTaken,
    take: async <T>(work: () => Promise<T>): Promise<T> => {
      if (isTaken)
        throw new Refusal(
          'change-under-way',
          'Another change of this Codex home is under way in this window.',
          'Nothing was changed. Wait until it has ended, or cancel it.',
        );
      isTaken = true;
      try {
        return await work();
      } finally {
        isTaken = false;
      }
    },
  };
}

/** One after the other: each reads what the one before has written. */
export function createLine() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
