// Backups of old repairs go only when a person has said so: it is the one thing that has no undo.

import { l10n, workspace } from 'vscode';
import type { PruningShown } from '../../protocol/repairs.ts';
import { KEEP_BACKUPS_FOR, SETTINGS } from '../contributions.ts';
import { size } from '../size.ts';
import type { Context } from './context.ts';

const ASKED_AT = 'askedAboutOldBackupsAtMs';
const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

/** After a repair, at most once a day, and only where the setting says for how long backups are kept. */
export async function askAboutOldBackups(context: Context): Promise<void> {
  const { client, person, memory } = context;
  const days = keptForDays();
  if (days === 0 || Date.now() - memory.get(ASKED_AT, 0) < DAY_MS) return;
  const pruning = await client.ask('codexHealth/planPruning', { olderThanDays: days });
  if (pruning.receipts.length === 0) return;
  await memory.update(ASKED_AT, Date.now());
  const drop = l10n.t('Drop…');
  const says =
    pruning.receipts.length === 1
      ? l10n.t('The backup of 1 repair is older than {0} days ({1}).', days, size(pruning.bytes))
      : l10n.t(
          'The backups of {0} repairs are older than {1} days ({2}).',
          pruning.receipts.length,
          days,
          size(pruning.bytes),
        );
  if ((await person.tell('information', says, drop, l10n.t('Keep'))) === drop)
    await dropShown(context, days, pruning);
}

/** Asks for how long backups are to be kept, and drops the older ones. */
export async function dropOldBackups(context: Context): Promise<void> {
  const { client, person } = context;
  const typed = await person.enter(
    l10n.t('Drop backups of repairs that are older than how many days?'),
    String(keptForDays() || DEFAULT_DAYS),
    text => (isDays(text) ? null : l10n.t('A whole number of days, from 1 on.')),
  );
  if (typed === undefined || !isDays(typed)) return;
  const days = Number(typed);
  const pruning = await client.ask('codexHealth/planPruning', { olderThanDays: days });
  if (pruning.receipts.length > 0) return dropShown(context, days, pruning);
  await person.tell('information', l10n.t('No backup is older than {0} days.', days));
}

async function dropShown(
  { client, person }: Context,
  days: number,
  pruning: PruningShown,
): Promise<void> {
  const { sha, receipts, undoable, bytes } = pruning;
  const drop = l10n.t('Drop for Ever');
  const detail = [
    undoable.length === 0
      ? l10n.t('None of these repairs could be undone any more.')
      : l10n.t('These repairs can then never be undone:'),
    ...undoable.map(receipt => `• ${receipt}`),
    '',
    l10n.t('It frees {0}. This itself cannot be undone.', size(bytes)),
  ];
  const question =
    receipts.length === 1
      ? l10n.t('Drop the backup of 1 repair?')
      : l10n.t('Drop the backups of {0} repairs?', receipts.length);
  if ((await person.ask(question, detail.join('\n'), drop)) !== drop) return;
  await client.ask('codexHealth/prune', { olderThanDays: days, sha });
  person.mention(l10n.t('Old backups are dropped ({0}).', size(bytes)));
}

function isDays(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text.trim());
}

/** 0: for ever. */
function keptForDays(): number {
  const days = workspace.getConfiguration(SETTINGS).get<number>(KEEP_BACKUPS_FOR, 0);
  return Number.isFinite(days) && days > 0 ? Math.ceil(days) : 0;
}
