// The page of one repair, as it was written down: what was done, and about which sessions, what was left,
// and whether it can be undone.

import type { Recalled } from '../../engine/engine.ts';
import type { Left } from '../../engine/model/plan.ts';
import type { Snapshot } from '../../engine/model/snapshot.ts';
import { bytesInWords, count, inWords, timeInWords } from '../../words/amounts.ts';
import { createPageWriter, type Page, type PageWriter } from '../page.ts';
import { historyAddress } from './addresses.ts';
import { stateInWords } from './historyPage.ts';
import { createWays } from './planWays.ts';
import { inEditorWords } from './refusals.ts';

/** Of a repair of ten thousand findings; what was wrong is no longer there to be looked at. */
const MOST_NAMED = 200;

export function writeRepairPage(recalled: Recalled, snapshot: Snapshot): Page {
  const { receipt, at, says, applied, findings, bytes } = recalled;
  const page = createPageWriter();
  const ways = createWays(snapshot);
  page.title(`Codex repair ${receipt}`);
  page.heading('Repair');
  page.fact('state', 'state', stateInWords(recalled));
  if (recalled.undoable) offerUndo(page, receipt);
  page.fact('at', 'made', timeInWords(Date.parse(at)));
  page.fact('applied', 'done', count(applied, 'repair'));
  for (const text of says) page.fact('says', '', text);
  page.fact('bytes', 'backup', bytesInWords(bytes));
  page.fact('history', 'history', 'all repairs of this home', historyAddress(snapshot.home.key));
  page.heading('What it was about');
  if (findings.length === 0) page.fact('findings', 'nothing', 'that was written down');
  for (const finding of findings.slice(0, MOST_NAMED)) {
    page.fact(`finding ${finding}`, 'about', finding);
    ways.writeThreads(page, `finding ${finding} thread`, ways.threadsOf([finding]));
  }
  const more = findings.length - MOST_NAMED;
  if (more > 0) page.fact('findings.more', 'about', `and ${inWords(more)} more`);
  writeLeft(page, 'Could not be done', recalled.failed);
  writeLeft(page, 'Left as it was', recalled.skipped);
  writeLeft(page, 'Not put back when it was undone', recalled.notPutBack);
  if (recalled.unplanned.length > 0) page.heading('Codex changed besides');
  for (const text of recalled.unplanned) page.fact('unplanned', '', text);
  return page.page();
}

/** It asks before it does anything, as all of our commands do that change something. */
export function offerUndo(page: PageWriter, receipt: string): void {
  page.offer({ title: 'Undo this repair…', command: 'codexHealth.undoRepair', given: [receipt] });
}

function writeLeft(page: PageWriter, heading: string, left: readonly Left[]): void {
  if (left.length > 0) page.heading(heading);
  for (const { what, why } of left) page.fact(heading, 'left', `${what}: ${inEditorWords(why)}`);
}
