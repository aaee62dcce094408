// The history of repairs: its page, and beside it what can be done with it.

import { l10n, Uri } from 'vscode';
import type { ReceiptShown } from '../../protocol/repairs.ts';
import { size } from '../size.ts';
import type { Choice, Context } from './context.ts';
import { dropOldBackups } from './oldBackups.ts';
import { timeInWords, undoRepair } from './undoRepair.ts';

type Act = { readonly undo: string } | 'drop';

export async function showHistory(context: Context): Promise<void> {
  const { client, person } = context;
  const { uri, receipts, vaultBytes } = await person.wait(
    l10n.t('Reading the history of repairs'),
    () => client.ask('codexHealth/history'),
  );
  await person.show(Uri.parse(uri));
  if (receipts.length === 0) return;
  const drop: Choice<Act> = {
    label: l10n.t('Drop old backups…'),
    description: l10n.t('All backups together take {0}.', size(vaultBytes)),
    value: 'drop',
  };
  const undoable = receipts.filter(receipt => receipt.undoable).map(choiceOf);
  const act = await person.choose(l10n.t('Repairs of Codex Sessions'), [...undoable, drop]);
  if (act === 'drop') await dropOldBackups(context);
  else if (act !== undefined) await undoRepair(context, act.undo);
}

function choiceOf({ receipt, at, says, bytes }: ReceiptShown): Choice<Act> {
  return {
    label: l10n.t('Undo the repair of {0}', timeInWords(at)),
    description: size(bytes),
    detail: says.join(' '),
    value: { undo: receipt },
  };
}
