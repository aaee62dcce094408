// The page of a plan: what would be done, step by step, what that touches and loses, what is kept for
// undoing it, what it needs, and what is left as it is.

import { handlerOf } from '../../engine/engine.ts';
import type { Plan, Unit } from '../../engine/model/plan.ts';
import type { Refusal } from '../../engine/refusal.ts';
import type { PlanShown } from '../../protocol/repairs.ts';
import { bytesInWords, count } from '../../words/amounts.ts';
import { createPageWriter, type Page, type PageWriter } from '../page.ts';
import { titleOf } from './addresses.ts';

export function writePlanPage(shown: PlanShown, plan: Plan): Page {
  const page = createPageWriter();
  page.title(`Codex plan: ${titleOf(shown.wish)}`);
  page.heading(headline(shown));
  if (plan.units.length > 0) writeTerms(page, shown);
  if (plan.units.length > 0) page.heading('What is done');
  for (const [index, unit] of plan.units.entries()) writeUnit(page, index, unit);
  if (plan.units.length > 0) {
    page.heading('To go on');
    page.fact('goOn', 'carry it out', '"Carry Out Plan…" above this page asks you first.');
    page.fact('goOn.leave', 'leave it', 'Close this page. Nothing happens.');
  }
  if (shown.refused.length > 0) page.heading('Left as it is');
  for (const { finding, why, next } of shown.refused) {
    page.fact(`refused.${finding}`, 'left', `${finding}: ${why}`);
    page.fact(`refused.${finding}.next`, '', next);
  }
  return page.page();
}

export function writeRefusalPage(title: string, { message, next }: Refusal): Page {
  const page = createPageWriter();
  page.title(title);
  page.heading(message);
  page.fact('next', '', next);
  return page.page();
}

function headline({ repairs, losses, refused }: PlanShown): string {
  if (repairs === 0)
    return refused.length > 0
      ? 'Nothing of this can be done as it stands.'
      : 'There is nothing to do.';
  const lost =
    losses.length === 0
      ? 'Nothing is lost, and all of it can be undone.'
      : 'What is taken out is kept in the backup; all of it can be undone.';
  return `${count(repairs, 'repair')}. ${lost} Nothing has been changed yet.`;
}

function writeTerms(page: PageWriter, { losses, needs, backupBytes, holders }: PlanShown): void {
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
}

function writeUnit(page: PageWriter, index: number, { says, cure, loses, steps }: Unit): void {
  const key = `unit.${String(index)}`;
  page.fact(key, String(index + 1), says);
  page.fact(`${key}.cure`, '  repair', cure.title);
  if (loses !== 'nothing') page.fact(`${key}.loses`, '  loses', `${loses}, which the backup keeps`);
  for (const [at, step] of steps.entries()) {
    const handler = handlerOf(step);
    page.fact(`${key}.${String(at)}`, '  step', handler.describe(step));
    for (const touched of handler.touches(step))
      page.fact(`${key}.${String(at)}.${touched}`, '    touches', touched);
  }
}
