// A Codex home for each host, out of one that several share: what a person may ask, for one home. A plan like
// any other; what comes besides is who else has the home, what Codex says of the new ones, and that the split
// is remembered, so that a look can tell where it has not taken.

import type { HostName, HostSight, PlannedSplit } from './model/host.ts';
import type { AskStep, Receipt } from './model/plan.ts';
import type { Report } from './model/report.ts';
import type { FilePath, ThreadId } from './model/words.ts';
import type { Consent, Rite } from './providerMoves.ts';
import type { Hands } from './hands.ts';
import { askAgain, listedByCodex, type Confirmation } from './repair/askAgain.ts';
import { chooseLineages } from './repair/split/lineages.ts';
import {
  planSplit,
  wishesToChoose,
  wishesToSplit,
  type NewHome,
  type SplitPlan,
} from './repair/split/planSplit.ts';
import {
  homesMadeBy,
  refuseUnlessClosedElsewhere,
  refuseUnlessSplittable,
} from './repair/split/preconditions.ts';
import { proposeStartUp } from './repair/split/startUpFiles.ts';
import { lookAround } from './repair/split/surroundings.ts';
import { SPLIT, type SplitWish, type StartUpFile } from './repair/split/wish.ts';
import { readSplits } from './scan/splitNotes.ts';
import { rememberSplit } from './splitsMade.ts';
import { isMeant } from './repair/chooseRepair.ts';
import type { Site } from './repair/site.ts';
import type { Undone } from './repair/undo.ts';
import { stateOf, type Repair } from './repair/vault.ts';
import { lookCloser } from './scan/lookCloser.ts';
import type { World } from './world.ts';

export interface SplitRequest extends Consent {
  readonly wish: SplitWish;
  /** Fresh looks at the hosts of the split; this machine is looked at by itself. */
  readonly sights: readonly HostSight[];
}

export interface SplitMade {
  readonly plan: SplitPlan;
  readonly receipt: Receipt;
  /** Repairs that a stop had left in the middle, and that were taken back first. */
  readonly recovered: readonly Undone[];
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
  /** Where hosts get their homes when nobody says otherwise. */
  proposeHome(host: HostName): FilePath;
  /** The start-up files that really run for these shells, as `/bin/zsh`. */
  proposeStartUp(shells: readonly string[]): Promise<readonly StartUpFile[]>;
  planSplit(report: Report, wish: SplitWish): Promise<SplitPlan>;
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
    proposeHome: host => world.machine.join(world.machine.userHome, '.codex-hosts', host),
    proposeStartUp: shells => proposeStartUp(world, shells),
    planSplit: plan,
    applySplit: async (first, scan, { wish, sights, ...consent }) => {
      refuseUnlessClosedElsewhere(first, wish.hosts, sights, hereAndNow(world));
      const closed = { ...consent, isClosedElsewhere: true };
      const done = await carryOut(first, scan, closed, report => plan(report, wish));
      const { receipt, recovered, before, after } = done;
      const isMade = receipt.findings.includes(SPLIT);
      const { path: home } = after.snapshot.home;
      const split = { home, hosts: wish.hosts, receipt: receipt.id, at: receipt.at };
      if (isMade) await rememberSplit(world, split);
      return {
        plan: done.plan,
        receipt,
        recovered,
        split: isMade ? split : null,
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

function hereAndNow(world: World) {
  const { hostname, userHome, id: machine } = world.machine;
  return { hostname, machine, userHome, ms: world.now() };
}

/**
 * Whether nobody has the home open on other hosts: known of those of a split, which is refused to be undone
 * else, and of no others.
 */
export async function closedElsewhere(
  report: Report,
  repairs: readonly Repair[],
  receipt: string | null,
  sights: readonly HostSight[],
  { world, vault }: Site,
): Promise<boolean> {
  // Only of a split it is written down elsewhere that it was one; other plans are not read for this, but for
  // one that a stop has left in the middle: it is taken back first.
  const splits = new Set((await readSplits(world.keep)).map(split => split.receipt));
  const stopped = repairs.findLast(one => stateOf(one) === 'interrupted');
  const applied = repairs.findLast(one => stateOf(one) === 'applied' && isMeant(receipt)(one));
  const meant = stopped ?? (applied !== undefined && splits.has(applied.id) ? applied : undefined);
  if (meant === undefined) return false;
  const homes = homesMadeBy(await vault.planOf(meant));
  if (homes.length === 0) return false;
  refuseUnlessClosedElsewhere(report, homes, sights, hereAndNow(world));
  return true;
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
  try {
    const { codex, home } = step;
    const listed = await listedByCodex({ codex, home, sqliteHome: null }, hands);
    const isMeant = new Set(threads);
    return {
      strange: [...listed].filter(id => !isMeant.has(id)),
      missing: shown.filter(id => !listed.has(id)),
      why: null,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { strange: [], missing: shown, why };
  }
}
