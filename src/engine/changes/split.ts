// A Codex home for each host, out of one that several share: what a person may ask, for one home. A plan like
// any other; what comes besides is who else has the home, what Codex says of the new ones, and that the split
// is remembered, so that a look can tell where it has not taken.

import type { HostHome, HostName, HostSight, PlannedSplit } from '../model/host.ts';
import type { AskStep, Receipt } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import type { Hands } from '../hands.ts';
import { askAgain, holdAgainstLists, type Confirmation } from '../repair/askAgain.ts';
import { refuseUnseenHosts, unseenAsOpen, unseenHosts, withoutSaidClosed } from './hostsLeftOut.ts';
import { chooseLineages } from '../repair/split/lineages.ts';
import {
  planSplit,
  wishesToChoose,
  wishesToSplit,
  type NewHome,
  type SplitPlan,
} from '../repair/split/planSplit.ts';
import {
  openElsewhere,
  refuseUnlessClosedElsewhere,
  withBystanders,
  type StillOpen,
} from '../repair/split/closedOnHosts.ts';
import { refuseUnlessSplittable } from '../repair/split/preconditions.ts';
import { proposeStartUp, type StartUpFile } from '../repair/startUp/startUpFiles.ts';
import { splitBy } from '../repair/split/splitsMade.ts';
import { lookAround } from '../repair/split/surroundings.ts';
import { SPLIT, type SplitWish } from '../repair/split/wish.ts';
import {
  proposeSplit,
  usualFolder,
  type SplitChoice,
  type SplitProposal,
} from './splitProposal.ts';
import { lookCloser } from '../scan/lookCloser.ts';
import type { World } from '../world.ts';
import { hereAndNow } from './reach.ts';
import type { Consent, Done, Rite } from './rite.ts';

export interface SplitRequest extends Consent {
  readonly wish: SplitWish;
  /** Fresh looks at the hosts of the split; this machine is looked at by itself. */
  readonly sights: readonly HostSight[];
  /** Hosts that nobody can see, of which the person says that no Codex runs there. */
  readonly closed?: readonly string[];
}

export interface SplitMade extends Done<SplitPlan> {
  /** Null when it could not be made: then everything is as it was. */
  readonly split: PlannedSplit | null;
  /** What the real Codex says of each new home, and of the one that was split. */
  readonly homes: readonly HomeConfirmation[];
  readonly rest: Confirmation;
}

export interface HomeConfirmation extends NewHome {
  /** Threads that Codex lists there although they were not to go, and those that it does not list. */
  readonly strange: readonly ThreadId[];
  readonly missing: readonly ThreadId[];
  /** Why it could not be asked; null when it was. */
  readonly why: string | null;
}

export interface Splits {
  /** A split as it comes, from fresh looks at this machine and at the others that were chosen. */
  proposeSplit(
    report: Report,
    here: HostSight,
    sights: readonly HostSight[],
    choice: SplitChoice,
  ): Promise<SplitProposal>;
  /** Where hosts get their homes when nobody says otherwise. */
  proposeHome(host: HostName): FilePath;
  /** The start-up files that really run for these shells, as `/bin/zsh`. */
  proposeStartUp(shells: readonly string[]): Promise<readonly StartUpFile[]>;
  planSplit(report: Report, wish: SplitWish): Promise<SplitPlan>;
  /**
   * What has to be closed on other hosts before a split is not refused: those that keep the home as well, and
   * those that nobody can see, but for the ones of which the person says that no Codex runs there.
   */
  openElsewhere(
    report: Report,
    hosts: readonly HostHome[],
    sights: readonly HostSight[],
    closed: readonly string[],
  ): readonly StillOpen[];
  /** `report` is what the plan was made of; `scan` looks at the same home again. */
  applySplit(
    report: Report,
    scan: () => Promise<Report>,
    request: SplitRequest,
  ): Promise<SplitMade>;
}

export function splitsOf({ hands, carryOut }: Omit<Rite, 'siteOf'>, world: World): Splits {
  const plan = async (report: Report, wish: SplitWish) => {
    await refuseUnlessSplittable(world, report, wish);
    const { agents } = await lookCloser(world, report.snapshot, [wishesToChoose(report)]);
    const { going } = chooseLineages(report, wish, agents);
    const ids = going.flatMap(({ threads }) => threads.map(({ thread }) => thread.id));
    const closer = await lookCloser(world, report.snapshot, [wishesToSplit(report, ids)]);
    const around = await lookAround(world, report.snapshot, wish, ids);
    return planSplit(report, wish, { ...closer, agents }, around, text => world.hash(text));
  };
  return {
    proposeSplit: (report, here, sights, choice) =>
      proposeSplit(world, report, here, sights, choice),
    proposeHome: host => world.machine.join(usualFolder(world), host),
    proposeStartUp: shells => proposeStartUp(world, shells),
    planSplit: plan,
    openElsewhere: (report, hosts, sights, closed) => {
      const counting = withoutSaidClosed(sights, closed);
      const open = openElsewhere(report, hosts, counting, hereAndNow(world));
      const unseen = unseenAsOpen(unseenHosts(report, hosts, sights, closed));
      return [...open, ...unseen.filter(one => !open.some(({ host }) => host === one.host))];
    },
    applySplit: async (first, scan, { wish, sights, closed: saidClosed = [], ...consent }) => {
      const counting = withoutSaidClosed(sights, saidClosed);
      const concerned = withBystanders(first, wish.hosts, counting);
      refuseUnlessClosedElsewhere(first, concerned, counting, hereAndNow(world));
      refuseUnseenHosts(first, wish.hosts, sights, saidClosed);
      const closed = { ...consent, isClosedElsewhere: true };
      const done = await carryOut(first, scan, closed, report => plan(report, wish));
      const { receipt, recovered, before, after } = done;
      const isMade = receipt.findings.includes(SPLIT);
      return {
        plan: done.plan,
        receipt,
        recovered,
        split: isMade ? splitBy(after.snapshot.home.path, receipt, done.plan) : null,
        homes: isMade ? await confirmHomes(before, done.plan, receipt, hands) : [],
        rest: await askAgain(
          after,
          before.snapshot.threads.map(({ id }) => id),
          hands,
        ),
      };
    },
  };
}

async function confirmHomes(
  before: Report,
  { homes, units }: SplitPlan,
  { findings }: Receipt,
  hands: Hands,
): Promise<readonly HomeConfirmation[]> {
  const isDone = new Set(findings);
  const asked = units.flatMap(({ steps }) => steps).filter(step => step.kind === 'ask');
  const confirmed: HomeConfirmation[] = [];
  for (const home of homes) {
    const threads = home.threads.filter(id => isDone.has(id));
    const step = asked.find(one => one.home === home.home);
    const shown = threads.filter(id => before.visibility[id]?.databaseList.shown === true);
    confirmed.push({ ...home, threads, ...(await confirm(threads, shown, step, hands)) });
  }
  return confirmed;
}

/** `shown`: those that lists had before. */
async function confirm(
  threads: readonly ThreadId[],
  shown: readonly ThreadId[],
  step: AskStep | undefined,
  hands: Hands,
) {
  if (step === undefined) return { strange: [], missing: shown, why: 'no Codex was asked' };
  const { codex, home } = step;
  const { listed, missing, why } = await holdAgainstLists(
    { codex, home, sqliteHome: null },
    shown,
    hands,
  );
  const isMeant = new Set(threads);
  return { strange: [...listed].filter(id => !isMeant.has(id)), missing, why };
}
