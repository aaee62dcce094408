// The pages of plans, of the history and of each repair in it, made from what is so now. None of them changes
// anything. A page is kept while its stamp is the same: its text, its parts and its links are asked for one
// after the other, and a plan of ten thousand repairs takes a second.

import { OWN_DATABASES, type Past, type Repairs } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import { Refusal } from '../../engine/refusal.ts';
import type { World } from '../../engine/world.ts';
import type { HistoryShown, Wish } from '../../protocol/repairs.ts';
import type { Page } from '../page.ts';
import { parseChangeAddress, titleOf, type ChangeAddress } from './addresses.ts';
import { planFor } from './carrying.ts';
import { writeHistoryPage } from './historyPage.ts';
import { writePlanPage, writeRefusalPage } from './planPage.ts';
import { showPlan } from './planShown.ts';
import { inEditor } from './refusals.ts';
import { writeRepairPage } from './repairPage.ts';
import { openElsewhere } from './splitting.ts';

export interface ChangePages {
  /** Null for the address of something else. */
  page(uri: string): Promise<Page | null>;
  /** Another word whenever the text of the page may be another one. A plan is not made anew for it. */
  stamp(uri: string): Promise<string | null>;
}

/** What they are made from. */
export interface PageSources {
  readonly world: World;
  readonly repairs: Repairs;
  newest(): Promise<Report>;
  vault(): string | null;
  /** The process that asks; null when it has not said. */
  editor(): number | null;
  history(report: Report): Promise<HistoryShown>;
  /** How many changes this server has made; a part of a history can go without any other trace. */
  changesMade(): number;
}

/** More than are read side by side. */
const MOST_KEPT = 8;

export function createChangePages(sources: PageSources): ChangePages {
  const kept = new Map<string, { readonly stamp: string; readonly page: Promise<Page> }>();
  return {
    page: async uri => {
      const address = parseChangeAddress(uri);
      if (address === null) return null;
      const report = await sources.newest();
      const stamp = await stampOf(sources, report, address);
      const known = kept.get(uri);
      if (known?.stamp === stamp) return known.page;
      const page = makePage(sources, report, address);
      kept.delete(uri);
      kept.set(uri, { stamp, page });
      // What has failed is tried again by whoever asks next.
      page.catch(() => kept.delete(uri));
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return page;
    },
    stamp: async uri => {
      const address = parseChangeAddress(uri);
      return address === null ? null : stampOf(sources, await sources.newest(), address);
    },
  };
}

async function makePage(
  sources: PageSources,
  report: Report,
  address: ChangeAddress,
): Promise<Page> {
  const homeKey = report.snapshot.home.key;
  if (address.homeKey !== homeKey) return OTHER_HOME;
  switch (address.kind) {
    case 'history':
      return writeHistoryPage(await sources.history(report), homeKey);
    case 'repair': {
      const recalled = await sources.repairs.recall(report, address.receipt, sources.vault());
      return recalled === null ? NO_SUCH_REPAIR : writeRepairPage(recalled, report.snapshot);
    }
    case 'plan':
      return address.wish === null ? DAMAGED_ADDRESS : makePlanPage(sources, report, address.wish);
  }
}

async function makePlanPage(sources: PageSources, report: Report, wish: Wish): Promise<Page> {
  const { world, repairs, vault, editor } = sources;
  const { receipts } = await repairs.past(report, vault());
  try {
    const plan = await planFor(repairs, report, wish, vault());
    // The page is written by what is known: to read it asks no other host anything.
    const elsewhere = openElsewhere(repairs, report, wish, report.snapshot.hosts.sights);
    const shown = await showPlan(world, report, wish, plan, { editor: editor(), elsewhere });
    const earlier = inForceFor(wish, plan.units.length === 0, receipts);
    return writePlanPage({ shown, plan, snapshot: report.snapshot, earlier });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const earlier = inForceFor(wish, false, receipts);
    const title = `Codex plan: ${titleOf(wish)}`;
    return writeRefusalPage(title, inEditor(error), earlier, report.snapshot.home.key);
  }
}

/** Of more, the history tells. */
const MOST_EARLIER = 5;

/**
 * Repairs of the same findings or threads that can be undone, so that a plan leads to what came of it, also
 * when it was another window that carried it out. Of a wish that names none, the newest repair, once nothing
 * is left to be done.
 */
function inForceFor(wish: Wish, isDone: boolean, receipts: readonly Past[]): readonly Past[] {
  const inForce = receipts.filter(({ undoable }) => undoable);
  const named = namedIn(wish);
  if (named === null) return isDone ? inForce.slice(0, 1) : [];
  const ids = new Set(named);
  return inForce.filter(({ findings }) => findings.some(id => ids.has(id))).slice(0, MOST_EARLIER);
}

/** As receipts name them: findings, or threads. */
function namedIn(wish: Wish): readonly string[] | null {
  switch (wish.kind) {
    case 'all':
      return null;
    case 'findings':
      return wish.findings;
    case 'rename':
    case 'fork':
      return [wish.thread];
    case 'split':
      return wish.hosts.flatMap(({ threads }) => threads);
    case 'databases':
      return [OWN_DATABASES];
    default:
      return wish.threads;
  }
}

async function stampOf(
  { world, repairs, vault, history, changesMade }: PageSources,
  report: Report,
  address: ChangeAddress,
): Promise<string> {
  const { snapshot, findings, counts } = report;
  if (address.kind !== 'plan') return world.hash(JSON.stringify(await history(report)));
  const holders = snapshot.holders.map(({ pid }) => pid);
  const found = findings.map(({ id, says }) => [id, says]);
  // What a person may want of threads depends on what they are called, and where they are kept.
  const threads =
    address.wish === null || REPAIRING.includes(address.wish.kind)
      ? []
      : snapshot.threads.map(({ title, archived, provider }) => [title, archived, provider]);
  const elsewhere =
    address.wish === null
      ? []
      : openElsewhere(repairs, report, address.wish, snapshot.hosts.sights);
  const made = [vault(), changesMade(), holders, counts, found, threads, elsewhere];
  return world.hash(JSON.stringify(made));
}

const REPAIRING: readonly Wish['kind'][] = ['all', 'findings'];

const OTHER_HOME = writeRefusalPage('This page', {
  name: '',
  code: '',
  message: 'This page belongs to another Codex home than the one shown now.',
  next: 'Make it again for this home.',
});

const DAMAGED_ADDRESS = writeRefusalPage('Plan', {
  name: '',
  code: '',
  message: 'This address names no plan.',
  next: 'Run "Codex: Repair State", which makes a new one.',
});

const NO_SUCH_REPAIR = writeRefusalPage('Repair', {
  name: '',
  code: '',
  message: 'There is no such repair in the history of this Codex home.',
  next: 'Its backup may have been dropped. "Codex: Show Repair History" has all that are there.',
});
