import type { History, Past } from '../../engine/engine.ts';
import { bytesInWords, count, timeInWords } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { DONE } from '../exitCodes.ts';
import { inJson } from '../render/reportJson.ts';
import { wrapIndented } from '../text/wrap.ts';

export const history: Command = {
  name: 'history',
  summary: 'What was repaired, and whether it can still be undone.',
  usage: ['history [--json]'],
  details: `Shows every repair of this home, what it did, and how much room the vault takes. A repair
that was stopped in the middle is taken back first.`,
  options: [],
  run: runHistory,
};

async function runHistory(context: Context): Promise<number> {
  const { repairs, operands, given, vault, out } = context;
  if (operands.length > 0) throw new UsageError('history takes no further words.', 'history');
  const told = await repairs.history(await context.scan(), vault);
  out(given.has('json') ? inJson(historyJson(told)) : renderHistory(told, context));
  return DONE;
}

function historyJson({ vaultBytes, interrupted, receipts }: History) {
  return {
    schemaVersion: 1,
    vaultBytes,
    interrupted,
    receipts,
  };
}

function renderHistory(
  { vault, vaultBytes, interrupted, receipts }: History,
  { page, typed }: Context,
): string {
  const { paint, width } = page;
  if (receipts.length === 0) return 'Nothing has been repaired in this home.\n';
  const lines = [
    ...(interrupted === null
      ? []
      : [
          paint.yellow(
            `The repair ${interrupted} was stopped in the middle. Close every Codex and run ${typed('undo')}: it puts back what was begun.`,
          ),
        ]),
    ...receipts.flatMap(past => [
      `${paint.bold(past.receipt)}  ${timeInWords(Date.parse(past.at))}  ${stateInWords(past)}`,
      ...past.says.flatMap(text => wrapIndented(harmless(text), width, '  ')),
    ]),
    paint.dim(`The vault takes ${bytesInWords(vaultBytes)} (${page.path(vault)}).`),
  ];
  return `${lines.join('\n')}\n`;
}

function stateInWords({ applied, undone, undoable }: Past): string {
  if (undone) return 'undone';
  return undoable ? `${count(applied, 'repair')}, can be undone` : 'stopped in the middle';
}
