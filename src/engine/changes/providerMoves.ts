// Threads that are moved to another provider, and given their own back: what a person may ask, for one
// home. A move is a plan like any other; what comes besides is what is known of earlier moves.

import type { Left, Receipt } from '../model/plan.ts';
import type { Report } from '../model/report.ts';
import type { FilePath, ThreadId } from '../model/words.ts';
import { askAgain, type Confirmation } from '../repair/askAgain.ts';
import type { Progress } from '../repair/groups.ts';
import { readOriginals, type Originals } from '../repair/ledger.ts';
import {
  chooseThreads,
  draftMoves,
  isKeptUnder,
  planProviderMove,
  refuseBadTarget,
  wishesInDatabases,
  wishesInFiles,
  type DraftedMove,
  type MovePlan,
  type ProviderMove,
} from '../repair/planProviderMove.ts';
import { lookCloser } from '../scan/lookCloser.ts';
import type { Consent, Done, Rite } from './rite.ts';

/**
 * So few that what was read of them is forgotten while it is young: of 32 at once it grew old, and stayed
 * in memory until hundreds of megabytes of it had gathered.
 */
const FILES_AT_ONCE = 4;

export interface MoveRequest extends Consent {
  readonly move: ProviderMove;
}

export interface Moved extends Done<MovePlan> {
  /** Threads that were seen to be where they should be, in all places. */
  readonly moved: readonly ThreadId[];
  readonly failed: readonly Left[];
  /** What the real Codex says of it. */
  readonly confirmation: Confirmation;
}

export interface ProviderMoves {
  /** What moving threads to another provider, or giving each its own back, would come to. */
  planMove(report: Report, move: ProviderMove, vault: FilePath | null): Promise<MovePlan>;
  /** `report` is what the plan was made of; `scan` looks at the same home again. */
  applyMove(report: Report, scan: () => Promise<Report>, request: MoveRequest): Promise<Moved>;
  /** The provider under which each thread was kept before it was moved for the first time. */
  originals(report: Report, vault: FilePath | null): Promise<Originals>;
}

export function providerMovesOf({ hands, siteOf, carryOut }: Rite): ProviderMoves {
  const planMove = async (report: Report, move: ProviderMove, vault: FilePath | null) => {
    refuseBadTarget(report, move);
    const { world, vault: ours } = await siteOf(report, vault);
    const originals = await readOriginals(world, ours.folder);
    const { candidates, skipped } = chooseThreads(report, move, originals);
    const rows = await lookCloser(world, report.snapshot, wishesInDatabases(report, candidates));
    const drafts: DraftedMove[] = [];
    // First lines of ten thousand files would not fit into memory: what is made of them does.
    for (let at = 0; at < candidates.length; at += FILES_AT_ONCE) {
      const some = candidates.slice(at, at + FILES_AT_ONCE);
      const files = await lookCloser(world, report.snapshot, wishesInFiles(report, some));
      const closer = { ...rows, heads: files.heads, ends: files.ends };
      drafts.push(...draftMoves(report, some, closer));
    }
    return planProviderMove(report, drafts, skipped, text => world.hash(text));
  };
  return {
    planMove,
    originals: async (report, vault) => {
      const { world, vault: ours } = await siteOf(report, vault);
      return readOriginals(world, ours.folder);
    },
    applyMove: async (first, scan, { move, progress, ...rest }) => {
      const tell: Progress = (done, total) => progress?.(done, total, 'moves');
      const consent = { ...rest, progress: tell };
      const { plan, receipt, recovered, after } = await carryOut(first, scan, consent, report =>
        planMove(report, move, consent.vault),
      );
      const seen = seenAfter(after, plan, receipt);
      const confirmation = await askAgain(after, seen.moved, hands);
      return { plan, receipt, recovered, ...seen, confirmation };
    },
  };
}

/** Moved is said only of what was seen where it should be. */
function seenAfter(after: Report, { moves }: MovePlan, { findings, failed }: Receipt) {
  const applied = new Set(findings);
  const done = moves.filter(({ thread }) => applied.has(thread));
  const isThere = new Set(done.filter(({ thread, to }) => isKeptUnder(after, thread, to)));
  const moved = [...isThere];
  const astray = done.filter(move => !isThere.has(move));
  return {
    moved: moved.map(({ thread }) => thread),
    failed: [
      ...failed,
      ...astray.map(({ thread, to }) => ({
        what: thread,
        why: `it was changed, and is not seen under "${to}" in all places afterwards`,
      })),
    ],
  };
}
