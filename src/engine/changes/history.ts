// What was repaired in a home, as its vault has it written down.

import type { PlannedSplit } from '../model/host.ts';
import type { Left, Receipt } from '../model/plan.ts';
import type { FilePath } from '../model/words.ts';
import type { Site } from '../repair/site.ts';
import { stoppedRepair } from '../repair/stopped.ts';
import { receiptOf, stateOf, type Repair } from '../repair/vault.ts';

export interface History {
  readonly vault: FilePath;
  /** What all repairs that are written down take. */
  readonly vaultBytes: number;
  /** A repair that is in the middle and could not be brought to its end. */
  readonly interrupted: string | null;
  /** One that gives this home to a host, of another home, and that is in the middle. */
  readonly stoppedSplit: PlannedSplit | null;
  readonly receipts: readonly Past[];
}

export interface Past {
  readonly receipt: string;
  readonly at: string;
  readonly findings: readonly string[];
  readonly says: readonly string[];
  readonly applied: number;
  readonly undone: boolean;
  readonly undoable: boolean;
  /** What it takes in the vault. */
  readonly bytes: number;
}

/** All that was written down of one repair, but for its plan. */
export interface Recalled extends Past, Pick<Receipt, 'skipped' | 'failed' | 'unplanned'> {
  /** Places that an undo has left as they were, since somebody had changed them. */
  readonly notPutBack: readonly Left[];
}

export async function pastOf(site: Site, stoppedSplit: PlannedSplit | null): Promise<History> {
  const { vault } = site;
  const repairs = (await vault.repairs()).toReversed();
  const sizes = await vault.sizes();
  const receipts: Past[] = [];
  // One after the other: where no words were noted the plan is read, which can be long.
  for (const repair of repairs)
    receipts.push(asPast(repair, await vault.saysOf(repair), sizes.get(repair.id) ?? 0));
  return {
    vault: vault.folder,
    vaultBytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    interrupted: await stoppedRepair(site),
    stoppedSplit,
    receipts,
  };
}

export function asPast(repair: Repair, says: readonly string[], bytes: number): Past {
  const receipt = receiptOf(repair);
  const state = stateOf(repair);
  return {
    receipt: repair.id,
    at: repair.at,
    findings: receipt?.findings ?? [],
    says,
    applied: receipt?.applied ?? 0,
    undone: state === 'undone',
    undoable: state === 'applied',
    bytes,
  };
}

export function asRecalled(repair: Repair, past: Past): Recalled {
  const { skipped = [], failed = [], unplanned = [] } = receiptOf(repair) ?? {};
  const undone = repair.notes.findLast(one => one.note === 'undone');
  const notPutBack = undone?.note === 'undone' ? undone.left : [];
  return { ...past, skipped, failed, unplanned, notPutBack };
}
