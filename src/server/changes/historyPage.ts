// The page of what was changed: each receipt, what it did, and whether it can be undone.

import type { HistoryShown, ReceiptShown } from '../../protocol/repairs.ts';
import { bytesInWords, count, timeInWords } from '../../words/amounts.ts';
import { createPageWriter, type Page } from '../page.ts';
import { repairAddress } from './addresses.ts';
import { offerUndo } from './repairPage.ts';

export function writeHistoryPage(
  { receipts, vaultBytes, interrupted, stoppedSplit }: HistoryShown,
  homeKey: string,
): Page {
  const page = createPageWriter();
  page.title('Codex repair history');
  page.heading('Vault');
  page.fact('vault', 'size', bytesInWords(vaultBytes));
  page.fact('receipts', 'repairs', count(receipts.length, 'repair'));
  if (interrupted !== null)
    page.fact(
      'interrupted',
      'interrupted',
      `${interrupted} was stopped in the middle, and what it had begun could not be put back yet. Close every Codex, and run "Codex: Show Repair History" again. To undo it below looks at other hosts first, where it was a split.`,
    );
  if (stoppedSplit !== null) {
    const { receipt, home } = stoppedSplit;
    page.fact(
      'stoppedSplit',
      'interrupted',
      `${receipt}, the split of ${home}, of which this home is a part, was stopped in the middle. Nothing is lost. To put back what was begun, run in a terminal: codex-health undo --home ${home}`,
    );
  }
  for (const receipt of receipts) {
    const { receipt: id, at, says, applied, bytes } = receipt;
    page.heading(`${timeInWords(Date.parse(at))}  ${id}`);
    page.fact(`state.${id}`, 'state', stateInWords(receipt));
    if (receipt.undoable || id === interrupted) offerUndo(page, id);
    page.fact(`applied.${id}`, 'done', count(applied, 'repair'));
    for (const text of says) page.fact(`says.${id}`, '', text);
    page.fact(`bytes.${id}`, 'backup', bytesInWords(bytes));
    page.fact(`page.${id}`, 'details', 'what it was about', repairAddress(homeKey, id));
  }
  return page.page();
}

export function stateInWords({
  undone,
  undoable,
}: Pick<ReceiptShown, 'undone' | 'undoable'>): string {
  if (undone) return 'undone';
  return undoable ? 'can be undone' : 'stopped in the middle';
}
