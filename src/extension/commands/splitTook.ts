// Whether a split has taken: the hosts are asked once it is made, and again as often as the person wants.

import { l10n } from 'vscode';
import type { HostConfirmed, RepairDone, SplitConfirmed, Wish } from '../../protocol/repairs.ts';
import type { Context, Work } from './context.ts';

/** Empty for all that is no split, and where none was made. */
export async function confirmDone(
  context: Context,
  { kind }: Wish,
  { receipt, applied }: RepairDone,
): Promise<readonly HostConfirmed[]> {
  return kind !== 'split' || applied === 0 ? [] : confirmSplit(context, receipt);
}

/** `receipt` null: the split that the home has part in. Who cancels it gets what is known by then. */
export async function confirmSplit(
  { client, person }: Context,
  receipt: string | null,
): Promise<readonly HostConfirmed[]> {
  const work: Work<SplitConfirmed> = (progress, token) =>
    client.carryOut('codexHealth/confirmSplit', { receipt }, progress, token);
  const title = l10n.t('Asking each host whether it uses its new home');
  return (await person.follow(title, work, true)) ?? [];
}

/** A sentence for each host on which something is left to do. */
export function sayTook(hosts: readonly HostConfirmed[]): readonly string[] {
  if (hosts.length > 0 && hosts.every(({ answer }) => answer === 'yes'))
    return [l10n.t('Each host uses its new home.')];
  return hosts.flatMap(({ host, answer, says: [first = ''] }) => {
    if (answer === 'yes') return [];
    return answer === 'no'
      ? [l10n.t('{0} does not use its new home yet. {1}', host, first)]
      : [l10n.t('Whether {0} uses its new home is not known. {1}', host, first)];
  });
}

/** For the page of the repair: everything, by host. */
export function tookInFull({ host, home, answer, says }: HostConfirmed): string {
  return l10n.t('{0}, {1}: {2}. {3}', host, home, ANSWERS[answer](), says.join(' '));
}

const ANSWERS: Readonly<Record<HostConfirmed['answer'], () => string>> = {
  yes: () => l10n.t('in use'),
  no: () => l10n.t('not in use yet'),
  unknown: () => l10n.t('not known'),
};
