// Codex: Ask Each Host Whether It Uses Its Own Home. What a split asks at its end, as often as a person wants.

import { l10n } from 'vscode';
import type { Context } from './context.ts';
import { hostsUri } from './outcomePage.ts';
import { confirmSplit, sayTook } from './splitTook.ts';

export async function askHosts(context: Context): Promise<void> {
  const { person } = context;
  const hosts = await confirmSplit(context, null);
  const isTaken = hosts.every(({ answer }) => answer === 'yes');
  const again = l10n.t('Ask the Hosts Again');
  const show = l10n.t('Show');
  const tone = isTaken ? 'information' : 'warning';
  const buttons = isTaken ? [show] : [again, show];
  const pressed = await person.tell(tone, sayTook(hosts).join(' '), ...buttons);
  if (pressed === again) await askHosts(context);
  if (pressed === show) await person.show(hostsUri(hosts));
}
