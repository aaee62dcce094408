// Everything that changes something. Between showing and doing nothing is kept here: whoever says yes names
// again what they have seen, it is planned again, and is refused when it is no longer that.

import type { CancellationToken } from 'vscode-languageserver';
import { createEngine, createRepairs, listProviders, withoutTilde } from '../../engine/engine.ts';
import type { Hands } from '../../engine/hands.ts';
import type { Finding } from '../../engine/model/finding.ts';
import type { Report } from '../../engine/model/report.ts';
import type { FilePath } from '../../engine/model/words.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { World } from '../../engine/world.ts';
import type {
  Accepted,
  Candidates,
  DatabaseChoices,
  HistoryShown,
  PlanShown,
  ProviderChoice,
  PruningShown,
  RepairDone,
  SaveDone,
  SplitChoices,
  SplitConfirmed,
  UndoDone,
  Wish,
} from '../../protocol/repairs.ts';
import type { Health } from '../health.ts';
import { historyAddress, parseChangeAddress, titleOf } from './addresses.ts';
import { planFor } from './carrying.ts';
import { createChangePages, type ChangePages } from './changePages.ts';
import { createLine, createTurn, doIt, otherPlan, siteOf, type Site } from './doing.ts';
import { databaseChoices } from './ownDatabases.ts';
import { showPlan } from './planShown.ts';
import { leftInEditor } from './refusals.ts';
import { confirmSplit, openElsewhere, splitChoices } from './splitting.ts';
import type { Teller } from './telling.ts';
import { asObject, demandText, demandTexts, demandWish, nonsense } from './wishes.ts';

/** Who waits for an answer: may have had enough, and may want to be told how far it is. */
export interface Waiting {
  readonly cancel: CancellationToken;
  readonly teller: Teller;
}

/** Parameters are what an editor sent: they are looked at here. */
export interface Changes extends ChangePages {
  plan(given: unknown): Promise<PlanShown>;
  apply(given: unknown, waiting: Waiting): Promise<RepairDone>;
  undo(given: unknown, waiting: Waiting): Promise<UndoDone>;
  splitChoices(): Promise<SplitChoices>;
  confirmSplit(given: unknown, waiting: Waiting): Promise<SplitConfirmed>;
  databaseChoices(): Promise<DatabaseChoices>;
  history(): Promise<HistoryShown>;
  /** The repair that a stop has left in the middle. Looks only, and always has an answer. */
  interrupted(): Promise<string | null>;
  planPruning(given: unknown): Promise<PruningShown>;
  prune(given: unknown): Promise<void>;
  save(given: unknown): Promise<SaveDone>;
  providers(): Promise<readonly ProviderChoice[]>;
  candidates(given: unknown): Promise<Candidates>;
  accept(given: unknown): Promise<void>;
  takeBack(given: unknown): Promise<void>;
  accepted(): Promise<readonly Accepted[]>;
  /** The wish whose plan a page shows; null for any other page. */
  wishAt(given: unknown): Wish | null;
  /** The process that asks; null when it has not said. */
  setEditor(pid: number | null): void;
}

export function createChanges(world: World, hands: Hands, health: Health): Changes {
  const engine = createEngine(world);
  const repairs = createRepairs(world, hands);
  const doing = createTurn();
  const inLine = createLine();
  let editor: number | null = null;
  let changesMade = 0;

  const newest = async () => (await health.view()).report;
  const vault = () => {
    const { vault: folder } = health.settings;
    return folder === null ? null : placeOf(folder, world);
  };
  /** `splitInto`: homes of which it has to be known who has them open. */
  const lookAtHosts = async (splitInto?: readonly FilePath[], signal?: AbortSignal) =>
    (await health.seeHosts(splitInto, signal)).snapshot.hosts.sights;
  const lookAgain = (signal?: AbortSignal) => lookAtHosts([], signal);
  const here = () => siteOf(world, engine, repairs, health.settings, vault(), lookAgain);
  /** One change at a time; whatever comes of it, everybody hears what is so then. */
  const alone = <T>(work: (site: Site) => Promise<T>): Promise<T> =>
    doing.take(async () => {
      try {
        return await work(here());
      } finally {
        changesMade += 1;
        // What was done is done, also where the look at it fails; that is told by the next one.
        await health.lookAgain().catch((error: unknown) => world.log(String(error)));
      }
    });

  const plan = async (given: unknown): Promise<PlanShown> => {
    const wish = demandWish(asObject(given)['wish']);
    const { scan, vault: folder } = here();
    const report = await scan();
    const made = await planFor(repairs, report, wish, folder);
    const sights = wish.kind === 'split' ? await lookAtHosts() : [];
    const elsewhere = openElsewhere(repairs, report, wish, sights);
    return showPlan(world, report, wish, made, { editor, elsewhere });
  };

  const history = async (): Promise<HistoryShown> => {
    const report = await newest();
    // What a stop has left in the middle is put back first, and that is a change like any other.
    if ((await repairs.interrupted(report, vault())) !== null && !doing.isTaken())
      await alone(async ({ scan, vault: folder }) => repairs.history(await scan(), folder));
    return pastOf(report);
  };

  /** To read a page changes nothing, whatever a stop has left. */
  const pastOf = async (report: Report): Promise<HistoryShown> => {
    const told = await repairs.past(report, vault());
    return {
      uri: historyAddress(report.snapshot.home.key),
      vaultBytes: told.vaultBytes,
      interrupted: doing.isTaken() ? null : told.interrupted,
      stoppedSplit: told.stoppedSplit,
      receipts: told.receipts.map(({ receipt, at, says, applied, undone, undoable, bytes }) => ({
        ...{ receipt, at, says, applied, undone, undoable, bytes },
      })),
    };
  };

  const pruningOf = async (given: unknown, report: Report) => {
    const days = asObject(given)['olderThanDays'];
    if (typeof days !== 'number' || !(days >= 0) || !Number.isFinite(days))
      throw nonsense('It is not said how old a backup has to be to be dropped.');
    const wish = { before: world.now() - days * DAY_MS, keepBytes: null };
    const pruning = await repairs.planPruning(report, wish, vault());
    const receipts = pruning.drops.map(({ receipt }) => receipt);
    const shown: PruningShown = {
      sha: world.hash(JSON.stringify(receipts)),
      receipts,
      undoable: pruning.drops.filter(({ undoable }) => undoable).map(({ receipt }) => receipt),
      bytes: pruning.drops.reduce((sum, { bytes }) => sum + bytes, 0),
    };
    return { wish, pruning, shown };
  };

  return {
    setEditor: pid => {
      editor = pid;
    },
    plan,
    apply: (given, waiting) =>
      alone(async site => {
        const { wish: wished, sha: seen, waits } = asObject(given);
        const wish = demandWish(wished);
        const sha = demandText(seen, 'The plan that was shown');
        const { signal, teller } = hear(waiting);
        teller.begin(titleOf(wish), true);
        try {
          return await doIt(site, { wish, sha, waits: waits === true }, signal, teller);
        } finally {
          teller.end();
        }
      }),
    undo: (given, { teller }) =>
      alone(async ({ scan, vault: folder }) => {
        const { receipt } = asObject(given);
        teller.begin('Undo', false);
        try {
          const named = receipt == null ? null : demandText(receipt, 'The receipt');
          const report = await scan();
          const { split } = await repairs.planUndo(report, named, folder);
          const sights = split.length === 0 ? [] : await lookAtHosts(split.map(({ home }) => home));
          const done = await repairs.undo(report, named, folder, teller.tell, sights);
          return { ...done, left: leftInEditor(done.left) };
        } finally {
          teller.end();
        }
      }),
    splitChoices: () => splitChoices(engine, repairs, health),
    confirmSplit: async (given, waiting) => {
      const { receipt } = asObject(given);
      const named = receipt === null ? null : demandText(receipt, 'The receipt');
      const { signal, teller } = hear(waiting);
      teller.begin('Asking hosts', true);
      try {
        return await confirmSplit({ world, engine, health }, named, signal, teller);
      } finally {
        teller.end();
      }
    },
    databaseChoices: async () => databaseChoices(engine, await newest()),
    history,
    interrupted: async () => {
      if (doing.isTaken()) return null;
      try {
        const report = await newest();
        const stopped = await repairs.interrupted(report, vault());
        return stopped ?? (await repairs.stoppedSplit(report))?.receipt ?? null;
      } catch (error) {
        // The history says what cannot be read of it; for the tree that is no reason not to be there.
        world.log(String(error));
        return null;
      }
    },
    planPruning: async given => (await pruningOf(given, await newest())).shown,
    prune: given =>
      alone(async ({ scan, vault: folder }) => {
        const sha = demandText(asObject(given)['sha'], 'What was shown');
        const report = await scan();
        const { wish, pruning, shown } = await pruningOf(given, report);
        if (shown.sha !== sha) throw otherPlan();
        await repairs.prune(report, wish, pruning, folder);
      }),
    save: async given => {
      const folder = placeOf(demandText(asObject(given)['folder'], 'The folder'), world);
      const { files, left } = await repairs.save(await newest(), folder);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return { folder, files: files.length, bytes, left };
    },
    providers: async () => {
      const report = await newest();
      const { providers } = listProviders(report, await repairs.originals(report, vault()));
      return providers.map(({ id, isCurrent, state, active, archived, listed }) => ({
        ...{ id, isCurrent, state, listed },
        threads: active.length + archived.length,
      }));
    },
    candidates: async given => {
      const report = await newest();
      const { gone, folders } = await engine.candidates(report, findingsIn(given, report));
      if (gone === null)
        throw new Refusal(
          'no-directory',
          'These findings are not about a directory that is gone, or about several that have nothing in common.',
          'Choose findings of one directory, or of directories that have moved together.',
        );
      return { gone, folders };
    },
    accept: given =>
      inLine(async () => {
        const report = await newest();
        await engine.accept(report, findingsIn(given, report));
        await health.lookAgain();
      }),
    takeBack: given =>
      inLine(async () => {
        const findings = demandTexts(asObject(given)['findings'], 'The findings');
        await engine.takeBack(await newest(), findings);
        await health.lookAgain();
      }),
    accepted: async () =>
      (await engine.listAccepted(await newest())).map(({ finding, says, acceptedAtMs }) => ({
        ...{ finding, says, acceptedAtMs },
      })),
    wishAt: given => {
      const address = parseChangeAddress(demandText(asObject(given)['uri'], 'The page'));
      return address?.kind === 'plan' ? address.wish : null;
    },
    ...createChangePages({
      ...{ world, repairs, newest, vault },
      editor: () => editor,
      history: pastOf,
      changesMade: () => changesMade,
    }),
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

function findingsIn(given: unknown, { findings }: Report): readonly Finding[] {
  const ids = demandTexts(asObject(given)['findings'], 'The findings');
  const known = new Map(findings.map(finding => [finding.id, finding]));
  return ids.map(id => {
    const finding = known.get(id);
    if (finding !== undefined) return finding;
    throw new Refusal(
      'no-such-finding',
      `It is not found any more: ${id}.`,
      'Look again: what is wrong now may be something else.',
    );
  });
}

function placeOf(typed: string, { machine }: World): string {
  return machine.absolute(withoutTilde(typed, machine));
}

function hear({ cancel, teller }: Waiting): { signal: AbortSignal; teller: Teller } {
  const controller = new AbortController();
  if (cancel.isCancellationRequested) controller.abort();
  cancel.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, teller };
}
