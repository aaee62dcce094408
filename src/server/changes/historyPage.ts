// The page of what was changed: each receipt, what it did, and whether it can be undone.

import type { HistoryShown, ReceiptShown } from '../../protocol/repairs.ts';
import { bytesInWords, count, timeInWords } from '../../words/amounts.ts';
import { createPageWriter, type Page } from '../page.ts';

export function writeHistoryPage({ receipts, vaultBytes, interrupted }: HistoryShown): Page {
  const page = createPageWriter();
  page.title('Codex repair history');
  page.heading('Vault');
  page.fact('vault', 'size', bytesInWords(vaultBytes));
  page.fact('receipts', 'repairs', count(receipts.length, 'repair'));
  if (interrupted !== null)
    page.fact(
      'interrupted',
      'interrupted',
      `${interrupted} was stopped in the middle, and what it had begun could not be put back yet. Close every Codex, and run "Codex: Show Repair History" again.`,
    );
  for (const receipt of receipts) {
    const { receipt: id, at, says, applied, bytes } = receipt;
    page.heading(`${timeInWords(Date.parse(at))}  ${id}`);
    page.fact(`state.${id}`, 'state', stateInWords(receipt));
    page.fact(`applied.${id}`, 'done', count(applied, 'repair'));
    for (const text of says) page.fact(`says.${id}`, '', text);
    page.fact(`bytes.${id}`, 'backup', bytesInWords(bytes));
  }
  return page.page();
}

function stateInWords({ undone, undoable }: ReceiptShown): string {
  if (undone) return 'undone';
  return undoable ? 'can be undone' : 'stopped in the middle';
}
