// Codex hands out lists in pages, and what goes wrong on one page ends the list.

import type { CodexRules } from './codexRules.ts';
import type { IndexRow } from './indexRows.ts';

/** We ask for pages of a hundred, the most that Codex gives. */
export const PAGE = 100;

export interface PagedRows {
  /** Rows that are handed out, if their file is there. */
  readonly reached: ReadonlySet<IndexRow>;
  /** Rows of one moment at the end of a page: which of them are handed out is left to chance. */
  readonly atRisk: ReadonlySet<IndexRow>;
  /** The row at which the list ended because it cannot be read. */
  readonly bad: IndexRow | null;
}

/**
 * Goes through rows as Codex does: fetches as many as a page still lacks, and one more to know
 * whether another page follows; leaves out those without a file; fetches again.
 */
export function readPages(
  rows: readonly IndexRow[],
  size: number,
  mostPages: number,
  rules: CodexRules,
): PagedRows {
  const reached = new Set<IndexRow>();
  const atRisk = new Set<IndexRow>();
  let start = 0;
  for (let page = 0; page < mostPages && start < rows.length; page += 1) {
    const { given, end, bad } = readPage(rows, start, size);
    // 0.142 hands out what the page had so far, the others give up the page.
    if (bad === null || !rules.knowsPaginated) for (const row of given) reached.add(row);
    if (bad !== null) return { reached, atRisk, bad };
    const tie = rules.losesAtPageBorders ? tieAt(rows, end) : { from: end, to: end };
    for (const row of rows.slice(tie.from, tie.to)) atRisk.add(row);
    start = tie.to;
  }
  return { reached, atRisk, bad: null };
}

function readPage(rows: readonly IndexRow[], start: number, size: number) {
  const given: IndexRow[] = [];
  let end = start;
  let full = 0;
  while (full < size && end < rows.length) {
    const lacking = size - full;
    const fetched = rows.slice(end, end + lacking + 1);
    const bad = fetched.find(({ undecodable }) => undecodable !== null) ?? null;
    if (bad !== null) return { given, end, bad };
    const taken = fetched.slice(0, lacking);
    given.push(...taken);
    full += taken.filter(({ target }) => target !== 'missing').length;
    end += taken.length;
  }
  return { given, end, bad: null };
}

/** Where the rows of one moment stand, of which some come before and some behind the end of a page. */
function tieAt(rows: readonly IndexRow[], end: number): { from: number; to: number } {
  const moment = rows[end]?.createdAtMs ?? null;
  let [from, to] = [end, end];
  if (moment === null || rows[end - 1]?.createdAtMs !== moment) return { from, to };
  while (rows[from - 1]?.createdAtMs === moment) from -= 1;
  while (rows[to]?.createdAtMs === moment) to += 1;
  return { from, to };
}

/**
 * The places of a list from files, newest first, that old releases may lose: those that share their
 * second with one at the end of a page. What is lost moves the ends of later pages.
 */
export function placesAtRisk(seconds: readonly string[]): ReadonlySet<number> {
  const atRisk = new Set<number>();
  let lost = 0;
  for (let start = 0; start < seconds.length;) {
    let end = start + 1;
    while (end < seconds.length && seconds[end] === seconds[start]) end += 1;
    const first = Math.floor((start - lost) / PAGE);
    const last = Math.floor((end - 1) / PAGE);
    if (end - start > 1 && first !== last) {
      for (let place = start; place < end; place += 1) atRisk.add(place);
      lost += end - start - 1;
    }
    start = end;
  }
  return atRisk;
}
