import type { Undoing, Undone } from '../../engine/engine.ts';
import { count, timeInWords } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { demandConsent } from '../consent.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { inJson } from '../render/reportJson.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

export const undo: Command = {
  name: 'undo',
  summary: 'Puts back what a repair has changed.',
  usage: ['undo [RECEIPT] [--yes] [--json]'],
  details: `Shows which repair that is, the named one or the newest, and asks whether to go on (unless
\`--yes\`). Then it puts back every byte that the repair has changed: rows, files and their times. Where Codex has written something since, that place is left alone and named.

\`codex-health history\` shows the receipts.`,
  options: ['yes'],
  run: runUndo,
};

async function runUndo(context: Context): Promise<number> {
  const { repairs, operands, given, vault, out, progress } = context;
  const [receipt = null, ...more] = operands;
  if (more.length > 0) throw new UsageError('One repair at a time can be undone.', 'undo');
  const report = await context.scan();
  const undoing = await repairs.planUndo(report, receipt, vault);
  if (!given.has('json')) out(renderUndoing(undoing, context));
  await demandConsent(context);
  const undone = await repairs
    .undo(report, undoing.repair.receipt, vault, progress.tell)
    .finally(() => progress.end());
  out(given.has('json') ? inJson({ schemaVersion: 1, ...undone }) : renderUndone(undone, context));
  return undone.left.length > 0 ? FINDINGS : DONE;
}

function renderUndoing({ repair, first }: Undoing, { page }: Context): string {
  const { paint, width } = page;
  const { receipt, at, says, undoable } = repair;
  const lines = [
    ...first.map(id => `A repair that was stopped in the middle (${id}) is put back first.`),
    `${undoable ? 'This is undone' : 'This was stopped in the middle, and what was begun is put back'}: ${receipt}, of ${timeInWords(Date.parse(at))}.`,
  ].flatMap(text => wrap(text, width).map(paint.bold));
  return `${[
    ...lines,
    ...says.flatMap(text => wrapIndented(harmless(text), width, '  ')),
    ...wrap('What has been changed since stays as it is, and is named.', width).map(paint.dim),
  ].join('\n')}\n`;
}

function renderUndone({ receipt, undone, left }: Undone, { page }: Context): string {
  const { paint, width } = page;
  const lines = [
    paint.bold(
      left.length === 0
        ? `Undone: ${count(undone, 'repair')} of ${receipt}. Everything is as it was before.`
        : `Undone: ${count(undone, 'repair')} of ${receipt}, but for what has been changed since:`,
    ),
    ...left.flatMap(({ what, why }) => wrapIndented(harmless(`${what}: ${why}.`), width, '  ')),
  ];
  return `${lines.join('\n')}\n`;
}
