// A wish → its plan, and the plan → what came of it. One place knows which wish is whose business.

import type {
  Applied,
  Changed,
  DatabasesMade,
  Moved,
  Repairs,
  SplitMade,
} from '../../engine/engine.ts';
import type { HostSight } from '../../engine/model/host.ts';
import type { Plan } from '../../engine/model/plan.ts';
import type { Report } from '../../engine/model/report.ts';
import type { RepairDone, Wish } from '../../protocol/repairs.ts';
import { threadAddress } from '../addresses.ts';
import { sayDatabasesUsed } from '../../words/databasesTook.ts';
import { harmless } from '../../words/harmless.ts';
import { databasesWishOf } from './ownDatabases.ts';
import { leftInEditor } from './refusals.ts';
import { splitWishOf } from './splitting.ts';

/** What a person has seen and said yes to. */
export interface Consent {
  readonly sha: string;
  readonly vault: string | null;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number, what: string) => void;
  /** Fresh looks at other hosts, which only a split asks for. */
  readonly sights: readonly HostSight[];
}

export async function planFor(
  repairs: Repairs,
  report: Report,
  wish: Wish,
  vault: string | null,
): Promise<Plan> {
  switch (wish.kind) {
    case 'all':
    case 'findings':
      return repairs.plan(report, choiceOf(wish), vault);
    case 'move':
    case 'restore':
      return repairs.planMove(report, wish, vault);
    case 'split':
      return repairs.planSplit(report, await splitWishOf(repairs, wish));
    case 'databases':
      return repairs.planOwnDatabases(report, await databasesWishOf(repairs, wish));
    default:
      return repairs.planChange(report, wish);
  }
}

export async function carryOut(
  repairs: Repairs,
  report: Report,
  scan: () => Promise<Report>,
  wish: Wish,
  consent: Consent,
): Promise<RepairDone> {
  switch (wish.kind) {
    case 'all':
    case 'findings':
      return repaired(await repairs.apply(report, scan, { ...consent, choice: choiceOf(wish) }));
    case 'move':
    case 'restore':
      return moved(await repairs.applyMove(report, scan, { ...consent, move: wish }));
    case 'split': {
      const split = await splitWishOf(repairs, wish);
      const { closed } = wish;
      return splitUp(await repairs.applySplit(report, scan, { ...consent, closed, wish: split }));
    }
    case 'databases': {
      const databases = await databasesWishOf(repairs, wish);
      return given(await repairs.applyOwnDatabases(report, scan, { ...consent, wish: databases }));
    }
    default:
      return changed(
        await repairs.applyChange(report, scan, { ...consent, change: wish }),
        report.snapshot.home.key,
      );
  }
}

function choiceOf(wish: Extract<Wish, { kind: 'all' | 'findings' }>) {
  if (wish.kind === 'all') return { findings: 'all', cure: null } as const;
  const { findings, cure, to } = wish;
  return { findings, cure, to };
}

function repaired(done: Applied): RepairDone {
  const { healed, remaining, uncovered, receipt } = done;
  return { ...common(done), healed, remaining, uncovered, failed: leftInEditor(receipt.failed) };
}

function moved({ moved: healed, failed, ...done }: Moved): RepairDone {
  return { ...common(done), healed, failed: leftInEditor(failed) };
}

function changed({ changed: healed, failed, made, ...done }: Changed, homeKey: string): RepairDone {
  // What the new thread is called is known once it has been looked at.
  const record = made === null ? null : threadAddress(homeKey, { id: made, title: '' });
  return { ...common(done), healed, failed: leftInEditor(failed), made: record };
}

/** What was asked of each new home, and of the one that was split, told together. */
function splitUp({ receipt, recovered, homes, rest }: SplitMade): RepairDone {
  const silent = homes.find(({ why }) => why !== null);
  const moved = homes.flatMap(({ threads }) => threads);
  const missing = homes.flatMap(home => home.missing);
  const confirmation =
    homes.length === 0
      ? rest
      : {
          codex: silent === undefined ? (rest.codex ?? 'Codex') : null,
          why: silent?.why ?? null,
          shown: [...moved.filter(id => !missing.includes(id)), ...rest.shown],
          missing: [...missing, ...rest.missing],
        };
  const strange = homes.flatMap(home =>
    home.strange.map(what => ({
      what,
      why: `Codex lists it on ${home.host}, where it was not to go`,
    })),
  );
  return {
    ...common({ receipt, recovered, confirmation }),
    healed: moved,
    failed: [...leftInEditor(receipt.failed), ...strange],
  };
}

function given({ receipt, own, ...done }: DatabasesMade): RepairDone {
  return {
    ...common({ receipt, ...done }),
    healed: [],
    failed: leftInEditor(receipt.failed),
    used: own === null ? null : { answer: done.answer, says: harmless(sayDatabasesUsed(done)) },
  };
}

function common({
  receipt,
  recovered,
  confirmation,
}: Pick<Applied, 'receipt' | 'recovered' | 'confirmation'>) {
  const { codex, why, shown, missing } = confirmation;
  return {
    receipt: receipt.id,
    applied: receipt.applied,
    remaining: [],
    skipped: leftInEditor(receipt.skipped),
    unplanned: receipt.unplanned,
    uncovered: [],
    recovered: recovered.map(one => one.receipt),
    confirmed: { codex, why, shown: shown.length, missing },
    made: null,
    used: null,
  };
}
