// Puts back what a repair has changed.

import { l10n, Uri } from 'vscode';
import { DOCUMENT_SCHEME } from '../../protocol/documents.ts';
import type { ReceiptShown, UndoDone } from '../../protocol/repairs.ts';
import { COMMANDS } from '../contributions.ts';
import type { Context, Work } from './context.ts';
import { isCancelled, reasonOf, refusalOf } from './failures.ts';
import { sentence } from './planWords.ts';

/** `repair`: its name, or its page; the newest that can be undone where none is named. */
export async function undoRepair(context: Context, repair: unknown): Promise<void> {
  const { client, person } = context;
  const { receipts } = await client.ask('codexHealth/history');
  const name = nameOf(repair);
  const chosen = receipts.find(one => (name === null ? one.undoable : one.receipt === name));
  if (chosen === undefined)
    return void (await person.tell(
      'information',
      l10n.t('There is no repair that can be undone.'),
    ));
  if (await agrees(context, chosen)) await undo(context, chosen.receipt);
}

function nameOf(repair: unknown): string | null {
  if (typeof repair === 'string') return repair;
  const isPage = repair instanceof Uri && repair.scheme === DOCUMENT_SCHEME;
  return isPage ? (/^\/history\/([^/]+)/.exec(repair.path)?.[1] ?? null) : null;
}

async function agrees({ person }: Context, { at, says }: ReceiptShown): Promise<boolean> {
  const yes = l10n.t('Undo');
  const detail = [
    ...says,
    '',
    l10n.t('Where somebody has changed something since, that place is left as it is, and named.'),
  ];
  const question = l10n.t('Undo the repair of {0}?', timeInWords(at));
  return (await person.ask(question, detail.join('\n'), yes)) === yes;
}

/** What has been said yes to, or was made a moment ago. */
export async function undo(context: Context, receipt: string): Promise<void> {
  const { client, person } = context;
  const history = l10n.t('Show History');
  try {
    const work: Work<UndoDone> = (progress, token) =>
      client.carryOut('codexHealth/undo', { receipt }, progress, token);
    // It comes to its end: half an undo helps nobody.
    const { left } = await person.follow(l10n.t('Undoing the repair'), work, false);
    const [first] = left;
    if (first === undefined)
      return void (await person.tell(
        'information',
        l10n.t('Undone: everything is as it was before the repair.'),
      ));
    const says =
      left.length === 1
        ? l10n.t('Undone, but for 1 place: {0}: {1}', first.what, sentence(first.why))
        : l10n.t(
            'Undone, but for {0} places. The first is {1}: {2}',
            left.length,
            first.what,
            sentence(first.why),
          );
    if ((await person.tell('warning', says, history)) === history)
      await person.run(COMMANDS.showHistory);
  } catch (error) {
    if (refusalOf(error) !== null) throw error;
    const again = l10n.t('Undo Again');
    const says = isCancelled(error)
      ? l10n.t('The undoing was stopped. Undo again to bring it to an end.')
      : l10n.t(
          'The undoing could not be finished: {0}. Undo again to bring it to an end.',
          reasonOf(error),
        );
    if ((await person.tell('warning', says, again)) === again) await undo(context, receipt);
  }
}

/** A moment as the person's own machine writes it. */
export function timeInWords(at: string): string {
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return at;
  return moment.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
