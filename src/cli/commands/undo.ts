import type { Undone } from '../../engine/engine.ts';
import { count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE, FINDINGS } from '../exitCodes.ts';
import { inJson } from '../render/reportJson.ts';
import { wrapIndented } from '../text/wrap.ts';

export const undo: Command = {
  name: 'undo',
  summary: 'Puts back what a repair has changed.',
  usage: ['undo [RECEIPT] [--yes] [--json]'],
  details: `Puts back every byte that the named repair has changed, or the newest one: rows, files and
their times. Where Codex has written something since, that place is left alone and named.

\`codex-health history\` shows the receipts.`,
  options: ['yes'],
  run: runUndo,
};

async function runUndo(context: Context): Promise<number> {
  const { repairs, operands, given, vault, out, progress } = context;
  const [receipt = null, ...more] = operands;
  if (more.length > 0) throw new UsageError('One repair at a time can be undone.', 'undo');
  const report = await context.scan();
  const undone = await repairs
    .undo(report, receipt, vault, progress.tell)
    .finally(() => progress.end());
  out(given.has('json') ? inJson({ schemaVersion: 1, ...undone }) : renderUndone(undone, context));
  return undone.left.length > 0 ? FINDINGS : DONE;
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
