// What happens between a yes and its receipt: it is planned again, and refused when it is no longer what
// was shown; whoever has the files open is waited for, where that was wished.

import { isSameSubstance, waitForHolders, type Engine, type Repairs } from '../../engine/engine.ts';
import type { Plan } from '../../engine/model/plan.ts';
import type { Report } from '../../engine/model/report.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { World } from '../../engine/world.ts';
import type { RepairDone, Wish } from '../../protocol/repairs.ts';
import type { ServerSettings } from '../../protocol/settings.ts';
import { carryOut, planFor } from './carrying.ts';
import { describeWaiting, type Teller } from './telling.ts';

/** What one change works on, from its beginning to its end, whatever becomes of the settings meanwhile. */
export interface Site {
  readonly world: World;
  readonly repairs: Repairs;
  readonly vault: string | null;
  scan(): Promise<Report>;
}

/** Looks for itself: what a repair relies on is not what somebody else has gathered bit by bit. */
export function siteOf(
  world: World,
  engine: Engine,
  repairs: Repairs,
  { home, sqliteHome, codexPath }: ServerSettings,
  vault: string | null,
): Site {
  const scan = () => engine.scan({ home, sqliteHome, codex: codexPath, full: false });
  return { world, repairs, vault, scan };
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
  const { report, plan } = await agree(site, yes, signal, teller);
  const { repairs, vault, scan } = site;
  const consent = { sha: plan.sha, vault, signal, progress: teller.tell };
  return carryOut(repairs, report, scan, yes.wish, consent);
}

interface Agreed {
  readonly report: Report;
  readonly plan: Plan;
}

/** The plan that was shown, or one that is the same in substance after somebody was waited for. */
async function agree(
  { world, repairs, vault, scan }: Site,
  { wish, sha, waits }: Yes,
  signal: AbortSignal,
  teller: Teller,
): Promise<Agreed> {
  const make = async (): Promise<Agreed> => {
    const report = await scan();
    return { report, plan: await planFor(repairs, report, wish, vault) };
  };
  const shown = await make();
  if (shown.plan.sha !== sha) throw otherPlan();
  if (shown.plan.units.length === 0)
    throw new Refusal('nothing-to-do', 'There is nothing to do.', 'Nothing was changed.');
  if (!waits) return shown;
  const hasWaited = await waitForHolders(world, shown.report, shown.plan, signal, holders =>
    teller.say(describeWaiting(holders)),
  );
  if (!hasWaited) return shown;
  const made = await make();
  if (!isSameSubstance(made.plan, shown.plan)) throw otherPlan();
  return made;
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
