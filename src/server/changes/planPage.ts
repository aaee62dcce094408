// The page of a plan: what would be done, step by step, what that touches and loses, what is kept for
// undoing it, what it needs, and what is left as it is. Once it is done, it leads to the repair that did it.

import { handlerOf, type Past } from '../../engine/engine.ts';
import type { Plan, Unit } from '../../engine/model/plan.ts';
import type { Snapshot } from '../../engine/model/snapshot.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { PlanShown, SplitWished } from '../../protocol/repairs.ts';
import { bytesInWords, count, inWords, timeInWords } from '../../words/amounts.ts';
import { createPageWriter, type Page, type PageWriter } from '../page.ts';
import { historyAddress, repairAddress, titleOf } from './addresses.ts';
import { createWays, type Ways } from './planWays.ts';
import { offerUndo } from './repairPage.ts';

export interface PlanToWrite {
  readonly shown: PlanShown;
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  /** Repairs in force that have done something about the same, the newest first. */
  readonly earlier: readonly Past[];
}

export function writePlanPage({ shown, plan, snapshot, earlier }: PlanToWrite): Page {
  const page = createPageWriter();
  const ways = createWays(snapshot);
  page.title(`Codex plan: ${titleOf(shown.wish)}`);
  page.heading(headline(shown));
  if (plan.units.length > 0) {
    writeTerms(page, shown);
    page.heading('What is done');
    const order = plan.units.length === 1 ? '' : ', in this order';
    page.fact('units', 'repairs', `${inWords(plan.units.length)}${order}`);
  }
  for (const [index, unit] of plan.units.entries()) writeUnit(page, index, unit, ways);
  if (plan.units.length > 0) {
    page.heading('To go on');
    page.fact('goOn', 'carry it out', '"Carry Out Plan…" above this page asks you first.');
    page.fact('goOn.leave', 'leave it', 'Close this page. Nothing happens.');
  }
  writeLeft(page, shown, ways);
  if (plan.units.length === 0 || earlier.length > 0) writeEarlier(page, earlier, snapshot.home.key);
  return page.page();
}

/** What was done before is led to: it may be why nothing more can be done. */
export function writeRefusalPage(
  title: string,
  { message, next }: Refusal,
  earlier: readonly Past[] = [],
  homeKey = '',
): Page {
  const page = createPageWriter();
  page.title(title);
  page.heading(message);
  page.fact('next', '', next);
  if (earlier.length > 0) writeEarlier(page, earlier, homeKey);
  return page.page();
}

function headline({ repairs, losses, refused, wish }: PlanShown): string {
  if (repairs === 0) {
    const settled = refused.filter(({ isSettled }) => isSettled).length;
    if (refused.length === 0) return 'There is nothing to do.';
    if (settled === 0) return 'Nothing of this can be done as it stands.';
    const isOfFindings = wish.kind === 'findings';
    const what = isOfFindings ? 'healed or gone' : 'so already, as it was wanted';
    if (settled === refused.length) return `All of this is ${what}. Nothing has to be done.`;
    const some = count(settled, isOfFindings ? 'finding' : 'thread');
    return `${some} of this ${settled === 1 ? 'is' : 'are'} ${what}. The rest cannot be done as it stands.`;
  }
  const lost =
    losses.length === 0
      ? 'Nothing is lost, and all of it can be undone.'
      : 'What is taken out is kept in the backup; all of it can be undone.';
  return `${count(repairs, 'repair')}. ${lost} Nothing has been changed yet.`;
}

function writeTerms(page: PageWriter, shown: PlanShown): void {
  const { wish, losses, needs, backupBytes, holders, elsewhere } = shown;
  page.fact('losses', 'loses', losses.length === 0 ? 'nothing' : losses.join(', '));
  page.fact('backup', 'backup', `${bytesInWords(backupBytes)}, so that it can be undone`);
  const mustStop = needs.includes('codex-stopped');
  page.fact(
    'needs',
    'Codex',
    mustStop ? 'every Codex that uses this home has to be closed for it' : 'may stay open',
  );
  if (needs.includes('codex-started'))
    page.fact('needs.started', '', 'Codex itself is started for it, and ended again');
  for (const { pid, program, terminal, isOfThisWindow } of holders) {
    const where = isOfThisWindow
      ? ', of this window'
      : terminal === null
        ? ''
        : `, in terminal ${terminal}`;
    page.fact(`holder.${String(pid)}`, 'open now', `${program} (process ${String(pid)}${where})`);
  }
  if (wish.kind === 'split') writeHosts(page, wish);
  for (const { host, why, next, programs } of elsewhere) {
    for (const { pid, says } of programs)
      page.fact(`elsewhere.${host}.${String(pid)}`, `on ${host}`, says);
    if (programs.length === 0) page.fact(`elsewhere.${host}`, `on ${host}`, why);
    page.fact(
      `elsewhere.${host}.next`,
      '',
      programs.length === 0 ? next : 'It is waited until they are closed.',
    );
  }
}

/** Whom it is for: on all of them Codex has to be closed. */
function writeHosts(page: PageWriter, { hosts, closed }: SplitWished): void {
  page.fact('hosts', 'hosts', hosts.map(({ host }) => host).join(', '));
  for (const { host, threads } of hosts)
    page.fact(`threads.${host}`, '', `threads that go to ${host}: ${inWords(threads.length)}`);
  for (const host of closed)
    page.fact(
      `closed.${host}`,
      `on ${host}`,
      'nobody can see it; you say that no Codex runs there',
    );
}

/** Longer than this, only the first sentence is the heading: a heading is shortened, and nothing shall be lost. */
const LONG = 200;

function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.;]) (?=\S)/);
}

/** A part of its own for each, so that it folds, and stands in the outline. */
function writeUnit(
  page: PageWriter,
  index: number,
  { says, cure, loses, steps, findings }: Unit,
  ways: Ways,
): void {
  const key = `unit.${String(index)}`;
  const [first = '', ...more] = says.length > LONG ? sentencesOf(says) : [says];
  page.heading(`${String(index + 1)}. ${first}`);
  for (const sentence of more) page.fact(`${key}.says`, '', sentence);
  ways.writeThreads(page, `${key}.thread`, ways.threadsOf(findings));
  page.fact(`${key}.cure`, 'repair', cure.title);
  if (loses !== 'nothing') page.fact(`${key}.loses`, 'loses', `${loses}, which the backup keeps`);
  for (const [at, step] of steps.entries()) {
    const handler = handlerOf(step);
    page.fact(`${key}.${String(at)}`, 'step', handler.describe(step));
    for (const touched of handler.touches(step))
      page.fact(`${key}.${String(at)}.${touched}`, '  touches', touched, ways.toPlace(touched));
  }
}

/** What is so already is told apart from what cannot be done: it is nothing to worry about. */
function writeLeft(page: PageWriter, { refused, wish }: PlanShown, ways: Ways): void {
  const settled = refused.filter(({ isSettled }) => isSettled);
  const left = refused.filter(({ isSettled }) => !isSettled);
  const label = wish.kind === 'findings' ? 'healed or gone' : 'so already';
  if (settled.length > 0) page.heading('Nothing to be done');
  for (const { finding, why } of settled) {
    const key = `settled.${finding}`;
    page.fact(key, label, wish.kind === 'findings' ? finding : `${finding}: ${why}`);
    ways.writeThreads(page, `${key}.thread`, ways.threadsOf([finding]));
  }
  if (left.length > 0) page.heading('Left as it is');
  for (const { finding, why, next } of left) {
    page.fact(`refused.${finding}`, 'left', `${finding}: ${why}`);
    page.fact(`refused.${finding}.next`, '', next);
    ways.writeThreads(page, `refused.${finding}.thread`, ways.threadsOf([finding]));
  }
}

function writeEarlier(page: PageWriter, earlier: readonly Past[], homeKey: string): void {
  page.heading('Repairs that were made');
  for (const { receipt, at, says } of earlier) {
    const what = `${timeInWords(Date.parse(at))}: ${says.join('; ')}`;
    page.fact(`earlier.${receipt}`, 'repair', what, repairAddress(homeKey, receipt));
    offerUndo(page, receipt);
  }
  page.fact('history', 'history', 'all repairs of this home', historyAddress(homeKey));
}
