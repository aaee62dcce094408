// Whether it is noted which threads are written on this machine: said once, taken back at any time, and asked
// about only of somebody who has just decided to which host a thread belongs.

import { l10n } from 'vscode';
import type { Context } from './context.ts';

export async function note({ client, person }: Context, isWanted: boolean): Promise<void> {
  await client.ask('codexHealth/note', { isWanted });
  person.mention(
    isWanted
      ? l10n.t('From now on it is noted which threads are written on this host.')
      : l10n.t('Nothing more is noted, and what this host had noted is gone.'),
  );
}

/** When the person was asked and has said nothing, they are not asked again. */
const ASKED = 'askedToNote';

export async function askToNote(context: Context): Promise<void> {
  const { client, person, memory } = context;
  if (memory.get<boolean>(ASKED) === true) return;
  const { noting } = await client.ask('codexHealth/tree', { filter: 'all' });
  if (noting !== null) return;
  await memory.update(ASKED, true);
  const [yes, no] = [l10n.t('Note It'), l10n.t('Do Not Note It')];
  const says = l10n.t(
    'Shall it be noted which threads are written on this host? Then it can be told whose they are. It is kept outside the Codex home, and nothing is noted before you say so.',
  );
  const pressed = await person.tell('information', says, yes, no);
  if (pressed !== undefined) await note(context, pressed === yes);
}
