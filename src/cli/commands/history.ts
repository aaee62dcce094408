import type { History, Past, PruneWish } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import { bytesInWords, count, timeInWords } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Command, Context } from '../command.ts';
import { UsageError } from '../commandLine.ts';
import { demandConsent } from '../consent.ts';
import { DONE } from '../exitCodes.ts';
import { pruneWishOf } from '../pruneWish.ts';
import { pruningJson, renderPruned, renderPruning } from '../render/pruning.ts';
import { sayStoppedSplit } from '../render/stoppedSplit.ts';
import { inJson } from '../render/reportJson.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

export const history: Command = {
  name: 'history',
  summary: 'What was repaired, and whether it can still be undone.',
  usage: ['history [--json]', 'history --prune [--older-than AGE] [--keep SIZE] [--yes]'],
  details: `Shows every repair of this home, what it did, and how much room it takes in the vault. A repair
that was stopped in the middle is taken back first.

\`--prune\` drops receipts for good: those that are older than AGE, or the oldest until no more than SIZE
is left. **What is dropped can never be undone.** So it shows first which they are, which of them could
still be undone, and what only the vault still has, and asks. Where nobody can be asked it wants
\`--yes\`; with \`--json\` it only looks without it.

A repair that was stopped in the middle always stays, and so does what a newer one that stays needs.
The providers that threads had at first are kept elsewhere and stay for ever.`,
  options: ['prune', 'older-than', 'keep', 'yes'],
  run: runHistory,
};

async function runHistory(context: Context): Promise<number> {
  const { repairs, operands, given, vault, out, world } = context;
  if (operands.length > 0) throw new UsageError('history takes no further words.', 'history');
  const wish = pruneWishOf(given, world.now());
  const report = await context.scan();
  const told = await repairs.history(report, vault);
  if (wish !== null) return runPrune(context, report, wish);
  out(given.has('json') ? inJson(historyJson(told)) : renderHistory(told, context));
  return DONE;
}

async function runPrune(context: Context, report: Report, wish: PruneWish): Promise<number> {
  const { repairs, given, vault, out } = context;
  const pruning = await repairs.planPruning(report, wish, vault);
  const isJson = given.has('json');
  // Nobody sees what they would say yes to where the answer is for a program: it looks, or it is sure.
  const isDone = pruning.drops.length > 0 && (!isJson || given.has('yes'));
  if (!isJson) out(renderPruning(pruning, context));
  if (isDone) {
    await demandConsent(context);
    await repairs.prune(report, wish, pruning, vault);
    if (!isJson) out(renderPruned(pruning, context));
  }
  if (isJson) out(inJson(pruningJson(pruning, isDone)));
  return DONE;
}

function historyJson({ vaultBytes, interrupted, stoppedSplit, receipts }: History) {
  return {
    schemaVersion: 1,
    vaultBytes,
    interrupted: interrupted ?? stoppedSplit?.receipt ?? null,
    receipts,
  };
}

function renderHistory(
  { vault, vaultBytes, interrupted, stoppedSplit, receipts }: History,
  { page, typed, world }: Context,
): string {
  const { paint, width } = page;
  const split =
    stoppedSplit === null
      ? []
      : wrap(harmless(sayStoppedSplit(stoppedSplit, world)), width).map(paint.yellow);
  if (receipts.length === 0)
    return `${[...split, 'No repair of this home is in the vault.'].join('\n')}\n`;
  const lines = [
    ...split,
    ...(interrupted === null
      ? []
      : [
          paint.yellow(
            `The repair ${interrupted} was stopped in the middle. Close every Codex and run ${typed('undo')}: it puts back what was begun.`,
          ),
        ]),
    ...receipts.flatMap(past => [
      `${paint.bold(past.receipt)}  ${timeInWords(Date.parse(past.at))}  ${stateInWords(past)}, ${bytesInWords(past.bytes)}`,
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
