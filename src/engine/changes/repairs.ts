// Plan, apply, undo, history: what a person may ask of `repair/`, for one home.

import type { Cure } from '../checks/check.ts';
import { compressionsOf, type Compressions } from './compressions.ts';
import type { Hands } from '../hands.ts';
import type { HostHome, HostName, HostSight, PlannedSplit } from '../model/host.ts';
import type { Plan } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { FilePath } from '../model/words.ts';
import { providerMovesOf, type ProviderMoves } from './providerMoves.ts';
import type { Consent, Done, Rite } from './rite.ts';
import { Refusal } from '../refusal.ts';
import { alone, aloneAmongBackups } from '../repair/alone.ts';
import { askAgain, type Confirmation } from '../repair/askAgain.ts';
import { apply } from '../repair/apply.ts';
import type { Progress } from '../repair/groups.ts';
import {
  refuseAmongConversations,
  refuseUnlessMet,
  refuseUnlessWritable,
  refuseWhileWritten,
} from '../repair/guard.ts';
import { noteOriginals } from '../repair/ledger.ts';
import { chooseCures, planRepairs, wishesOf, type Choice } from '../repair/planRepairs.ts';
import { chooseRepair, isMeant, nothingToUndo } from '../repair/chooseRepair.ts';
import { planPruning, prune, type PruneWish, type Pruning } from '../repair/prune.ts';
import { saveCopy, type SafeCopy } from '../repair/saveCopy.ts';
import { answers, ownFolder, type Site } from '../repair/site.ts';
import { refuseOnAnotherHost } from '../repair/ownDatabases/preconditions.ts';
import { refuseWhileNewPlacesOpen } from '../repair/split/closedOnHosts.ts';
import { homesMadeBy } from '../repair/split/wish.ts';
import { isAnythingLeft, stoppedRepair, stoppedRepairs, underWay } from '../repair/stopped.ts';
import { takeBack, type MayTakeBack, type Undone } from '../repair/undo.ts';
import { Vault } from '../repair/vault.ts';
import { asPast, asRecalled, pastOf, type History, type Past, type Recalled } from './history.ts';
import { ownDatabasesOf, type OwnDatabasesDoor } from './ownDatabases.ts';
import { lookCloser } from '../scan/lookCloser.ts';
import { reachOf, refuseWhileOpenElsewhere, type SeenElsewhere } from './reach.ts';
import { splitsOf, type Splits } from './split.ts';
import { stoppedSplitInto } from './stoppedSplit.ts';
import { threadChangesOf, type ThreadChanges } from './threadChanges.ts';
import type { World } from '../world.ts';

export interface ApplyRequest extends Consent {
  readonly choice: Choice;
}

export interface Applied extends Done {
  /** Findings of the plan that are gone, and those that are still there. */
  readonly healed: readonly string[];
  readonly remaining: readonly string[];
  /** Findings that could not be seen before, because what was healed hid them. */
  readonly uncovered: readonly string[];
  /** What the real Codex says of it. */
  readonly confirmation: Confirmation;
  /** What a look at the home said afterwards. */
  readonly after: Report;
}

/** What is put back when somebody says yes. */
export interface Undoing {
  readonly repair: Past;
  /** Repairs that a stop had left in the middle, and that are put back before. */
  readonly first: readonly string[];
  /** Of a split: the hosts that are looked at before, and their homes. Empty for any other repair. */
  readonly split: readonly HostHome[];
}

export interface Repairs
  extends ProviderMoves, Compressions, ThreadChanges, Splits, OwnDatabasesDoor {
  /** What would be done. Looks closer, and changes nothing. */
  plan(report: Report, choice: Choice, vault?: FilePath | null): Promise<Plan>;
  /** `report` is what the plan was made of; `scan` looks at the same home again. */
  apply(report: Report, scan: () => Promise<Report>, request: ApplyRequest): Promise<Applied>;
  /** What undoing the named repair would put back, or the newest that can be undone. Looks only. */
  planUndo(report: Report, receipt: string | null, vault: FilePath | null): Promise<Undoing>;
  undo(
    report: Report,
    receipt: string | null,
    vault: FilePath | null,
    progress?: Progress,
    /** Fresh looks at other hosts, which undoing a split needs: their holders with the new homes. */
    sights?: readonly HostSight[],
    /** Hosts of a split of which the person says that no Codex runs there. */
    closed?: readonly HostName[],
  ): Promise<Undone>;
  /** Brings to an end first what a stop has left in the middle. */
  history(report: Report, vault: FilePath | null): Promise<History>;
  /** The same, and leaves all as it is. Looks only. */
  past(report: Report, vault: FilePath | null): Promise<History>;
  /** One repair of it; null where there is none of that name. Looks only. */
  recall(report: Report, receipt: string, vault: FilePath | null): Promise<Recalled | null>;
  /** What of the vault would be dropped, and could then never be undone. Looks only. */
  planPruning(report: Report, wish: PruneWish, vault: FilePath | null): Promise<Pruning>;
  /** Drops what was shown; for this there is no undo. */
  prune(report: Report, wish: PruneWish, shown: Pruning, vault: FilePath | null): Promise<void>;
  /** The repair that a stop has left in the middle; null when there is none. Looks only. */
  interrupted(report: Report, vault: FilePath | null): Promise<string | null>;
  /** A split of another home that has given this one to a host, and was stopped in the middle. Looks only. */
  stoppedSplit(report: Report): Promise<PlannedSplit | null>;
  /** Copies what cannot be made again from the conversations, into a folder that is not there yet. */
  save(report: Report, folder: FilePath): Promise<SafeCopy>;
}

export function repairsOf(
  world: World,
  hands: Hands,
  curesOf: (check: string) => readonly Cure[],
): Repairs {
  const siteOf = async ({ snapshot: { home } }: Report, vault: FilePath | null): Promise<Site> => {
    const folder =
      vault === null ? ownFolder(world, home.path) : world.machine.join(vault, home.key);
    // Notes of ours lie in the home as well, and it may have fallen silent since it was looked at, or before.
    if (!(await answers(world, home.path))) throw isHomeSilent(home.path);
    if (vault !== null && !(await answers(world, folder))) throw isSilent(folder);
    return { world, hands, home, vault: new Vault(world, hands, folder) };
  };
  const plan = async (report: Report, choice: Choice, elsewhere: FilePath | null = null) => {
    const { chosen, refused } = chooseCures(report, choice, curesOf);
    const wishes = wishesOf(chosen, report.snapshot);
    const vault = elsewhere === null ? null : (await siteOf(report, elsewhere)).vault.folder;
    const closer = await lookCloser(world, report.snapshot, wishes, vault);
    return planRepairs(report, chosen, refused, closer, text => world.hash(text));
  };
  const carryOut: Rite['carryOut'] = async (first, scan, consent, makePlan) => {
    const { sha, vault, signal = null, progress = () => undefined } = consent;
    await refuseUnlessWritable(first, hands, consent.isClosedElsewhere);
    if (vault !== null) refuseAmongConversations(vault, first.snapshot.home);
    const site = await siteOf(first, vault);
    return alone(site, refusesOn(first, world), async recovered => {
      // What was seen before the lock was taken may have changed since.
      const before = await scan();
      const again = await makePlan(before);
      if (again.sha !== sha) throw changedSince(again);
      refuseUnlessMet(again.needs, before.snapshot);
      await noteOriginals(site, again);
      const receipt = await underWay(site, () => apply(site, again, signal, progress));
      return { plan: again, receipt, recovered, before, after: await scan() };
    });
  };
  return {
    ...providerMovesOf({ hands, siteOf, carryOut }),
    ...compressionsOf({ hands, carryOut }, world),
    ...threadChangesOf({ hands, carryOut }, world),
    ...splitsOf({ hands, carryOut }, world),
    ...ownDatabasesOf({ hands, carryOut }, world),
    plan,
    apply: async (first, scan, { choice, ...consent }) => {
      const done = await carryOut(first, scan, consent, report =>
        plan(report, choice, consent.vault),
      );
      const { receipt, before, after } = done;
      const still = new Set(after.findings.map(({ id }) => id));
      const known = new Set(before.findings.map(({ id }) => id));
      const healed = receipt.findings.filter(id => !still.has(id));
      const isHealed = new Set(healed);
      const threads = before.findings
        .filter(({ id }) => isHealed.has(id))
        .flatMap(finding => finding.threads);
      return {
        ...done,
        healed,
        remaining: receipt.findings.filter(id => still.has(id)),
        uncovered: after.findings
          .filter(({ id, severity }) => severity !== 'note' && !known.has(id))
          .map(({ id }) => id),
        confirmation: await askAgain(after, [...new Set(threads)], hands),
      };
    },
    planUndo: async (report, receipt, vault) => {
      const site = await siteOf(report, vault);
      const { vault: kept } = site;
      const stopped = await stoppedRepairs(site);
      const known = [...(await kept.repairs()), ...stopped];
      const { split, isOfThisHostAlone } = await reachOf(report, known, receipt, site);
      // Of a split it is not known yet whether it is closed everywhere: its hosts are looked at after this.
      await refuseUnlessWritable(report, hands, isOfThisHostAlone || split.length > 0);
      const repair =
        stopped.find(isMeant(receipt)) ?? chooseRepair(await kept.repairs(), receipt, kept.folder);
      return {
        repair: asPast(repair, await kept.saysOf(repair), 0),
        first: stopped.filter(one => one !== repair).map(({ id }) => id),
        split,
      };
    },
    undo: async (report, receipt, vault, progress, sights = [], closed = []) => {
      const seen = { sights, closed };
      const site = await siteOf(report, vault);
      const known = [...(await site.vault.repairs()), ...(await stoppedRepairs(site))];
      const { split, isOfThisHostAlone } = await reachOf(report, known, receipt, site);
      if (split.length > 0) refuseWhileOpenElsewhere(report, split, seen, world);
      await refuseUnlessWritable(report, hands, isOfThisHostAlone || split.length > 0);
      if (known.length === 0) throw nothingToUndo(site.vault.folder);
      const mayTakeBack = refusesOn(report, world, seen);
      return alone(site, mayTakeBack, async recovered => {
        const gone = recovered.find(one => isMeant(receipt)({ id: one.receipt }));
        if (gone !== undefined) return gone;
        const repair = chooseRepair(await site.vault.repairs(), receipt, site.vault.folder);
        return underWay(site, () => takeBack(site, repair, progress, mayTakeBack));
      });
    },
    interrupted: async (report, vault) => stoppedRepair(await siteOf(report, vault)),
    stoppedSplit: report => stoppedSplitInto(report, world, hands),
    planPruning: async (report, wish, vault) => planPruning(await siteOf(report, vault), wish),
    prune: async (report, wish, shown, vault) => {
      await refuseUnlessWritable(report, hands);
      const site = await siteOf(report, vault);
      await aloneAmongBackups(site, () => prune(site, wish, shown));
    },
    save: (report, folder) => saveCopy(world, hands, report, folder),
    history: async (report, vault) => {
      const site = await siteOf(report, vault);
      if (await isAnythingLeft(site))
        await refuseUnlessWritable(report, hands)
          .then(() => alone(site, refusesOn(report, world), () => Promise.resolve()))
          .catch(onlyRefusals);
      return pastOf(site, await stoppedSplitInto(report, world, hands));
    },
    past: async (report, vault) =>
      pastOf(await siteOf(report, vault), await stoppedSplitInto(report, world, hands)),
    recall: async (report, receipt, elsewhere) => {
      const { vault } = await siteOf(report, elsewhere);
      const repair = (await vault.repairs()).find(({ id }) => id === receipt);
      if (repair === undefined) return null;
      const bytes = (await vault.sizes()).get(receipt) ?? 0;
      return asRecalled(repair, asPast(repair, await vault.saysOf(repair), bytes));
    },
  };
}

function refusesOn(report: Report, world: World, seen: SeenElsewhere | null = null): MayTakeBack {
  const { snapshot } = report;
  return async plan => {
    refuseWhileOpenElsewhere(report, homesMadeBy(plan), seen, world);
    refuseUnlessMet(plan.needs, snapshot);
    refuseWhileWritten(plan, snapshot);
    refuseOnAnotherHost(plan, snapshot.hosts.here.hostname);
    await refuseWhileNewPlacesOpen(world, plan);
  };
}

/** History can be told although an interrupted repair cannot be ended now. */
function onlyRefusals(error: unknown): void {
  if (!(error instanceof Refusal)) throw error;
}

function isSilent(folder: FilePath): Refusal {
  return new Refusal(
    'vault-silent',
    `Backups are to be kept in ${folder}, which does not answer.`,
    'Nothing was changed. Bring that disk back, or keep backups elsewhere with --vault DIR.',
  );
}

function isHomeSilent(home: FilePath): Refusal {
  return new Refusal(
    'home-silent',
    `Nothing could be asked of ${home}: the disk or the server that has it does not answer.`,
    'Nothing was changed. Look again when it is back.',
  );
}

function changedSince(plan: Plan): Refusal {
  return new Refusal(
    'plan-changed',
    'The home has changed since this plan was made: what would be done now is not what was shown.',
    `Nothing was changed. Look at the new plan (${plan.sha.slice(0, 12)}) with codex-health plan, and apply that.`,
  );
}
