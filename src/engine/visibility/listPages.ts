// Codex hands out lists in pages, and what goes wrong on one page ends the list.

import type { CodexRules } from './codexRules.ts';
import type { IndexRow } from './indexRows.ts';

/** We ask for pages of a hundred, the most that Codex gives. */
export const PAGE = 100;

export interface PagedRows {
  /** Rows that are handed out, if their file is there. */
  readonly reached: ReadonlySet<IndexRow>;
  /** Rows that fall between two pages. */
  readonly lost: ReadonlySet<IndexRow>;
  /** The row at which the list ended because it cannot be read. */
  readonly bad: IndexRow | null;
}

/**
 * Goes through rows as Codex does: fetches as many as a page still lacks, and one more to know
 * whether another follows; leaves out those without a file; fetches again. Releases before 0.169 go
 * on behind the moment of the last row, and lose what else is of that moment.
 */
export function readPages(
  rows: readonly IndexRow[],
  size: number,
  mostPages: number,
  rules: CodexRules,
): PagedRows {
  const reached = new Set<IndexRow>();
  const lost = new Set<IndexRow>();
  let start = 0;
  for (let page = 0; page < mostPages && start < rows.length; page += 1) {
    const { given, lostHere, end, bad } = readPage(rows, start, size, rules);
    // 0.142 hands out what the page had so far, the others give up the page.
    if (bad === null || !rules.knowsPaginated) for (const row of given) reached.add(row);
    for (const row of lostHere) lost.add(row);
    if (bad !== null) return { reached, lost, bad };
    start = end;
  }
  return { reached, lost, bad: null };
}

function readPage(
  rows: readonly IndexRow[],
  start: number,
  size: number,
  { losesAtPageEnds }: CodexRules,
) {
  const given: IndexRow[] = [];
  const lostHere: IndexRow[] = [];
  let end = start;
  for (let full = 0; full < size && end < rows.length;) {
    const lacking = size - full;
    const fetched = rows.slice(end, end + lacking + 1);
    const bad = fetched.find(({ undecodable }) => undecodable !== null) ?? null;
    if (bad !== null) return { given, lostHere, end, bad };
    const taken = fetched.slice(0, lacking);
    given.push(...taken);
    full += taken.filter(({ target }) => target !== 'missing').length;
    end += taken.length;
    const moment = taken.at(-1)?.createdAtMs;
    for (; losesAtPageEnds && end < rows.length && rows[end]?.createdAtMs === moment; end += 1)
      lostHere.push(...rows.slice(end, end + 1));
  }
  return { given, lostHere, end, bad: null };
}

/** A file as the list from files goes by it. */
export interface WalkedFile {
  /** The time in its name, as text. */
  readonly stamp: string;
  readonly isListed: boolean;
}

/**
 * Which files are handed out by releases before 0.169, in the order in which they are gone through:
 * a page begins with the first file whose name is older than the last one of the page before.
 */
export function handedOut<F extends WalkedFile>(files: readonly F[]): ReadonlySet<F> {
  const out = new Set<F>();
  let start = 0;
  for (let page = 0; start >= 0 && page < MOST_PAGES; page += 1) {
    const listed: F[] = [];
    for (let at = start; at < files.length && listed.length <= PAGE; at += 1)
      for (const file of files.slice(at, at + 1)) if (file.isListed) listed.push(file);
    for (const file of listed.slice(0, PAGE)) out.add(file);
    const last = listed[PAGE - 1];
    if (listed.length <= PAGE || last === undefined) break;
    start = files.findIndex(({ stamp }) => stamp < last.stamp);
  }
  return out;
}

/** Names that are newer than their folders can lead back to where a page began. */
const MOST_PAGES = 1000;
