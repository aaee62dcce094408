// Says to which host threads, or all threads of a project, belong. It goes before all evidence.

import { l10n } from 'vscode';
import type { HostNode } from '../../protocol/tree.ts';
import { tellNoThread } from './changeThreads.ts';
import type { Choice, Context } from './context.ts';
import { askToNote } from './noting.ts';
import { pointedAt, type Target } from './targets.ts';

export async function pinToHost(context: Context, target: Target): Promise<void> {
  const { client, person } = context;
  const { threads, projects } = pointedAt(target);
  if (threads.length + projects.length === 0) return tellNoThread(context);
  const { hosts } = await client.ask('codexHealth/tree', { filter: 'all' });
  const sharing = hosts.filter(({ alsoFrom }) => alsoFrom.length > 0);
  const isOfOurs = ({ host }: { readonly host: string }) =>
    sharing.some(({ name }) => name === host);
  if (sharing.length === 0 || !projects.every(isOfOurs)) return tellNotShared(context);
  const host = await person.choose(l10n.t('To which host does it belong?'), [
    ...sharing.map(rowOf),
    {
      label: l10n.t('Let the evidence say'),
      detail: l10n.t('Takes back what you have said before.'),
      value: null,
    },
  ]);
  if (host === undefined) return;
  const request = { threads: threads.map(({ id }) => id), projects: projects.map(one => one.path) };
  await client.ask('codexHealth/pin', { ...request, host });
  person.mention(
    host === null
      ? l10n.t('The evidence says again to which host it belongs.')
      : l10n.t('From now on it counts as one of {0}.', host),
  );
  await askToNote(context);
}

function rowOf({ name, hostname, isHere }: HostNode): Choice<string | null> {
  const alias = name === hostname ? '' : name;
  return {
    label: hostname,
    description: isHere ? l10n.t('this machine') : alias,
    value: hostname,
  };
}

async function tellNotShared({ person }: Context): Promise<void> {
  await person.tell(
    'information',
    l10n.t('No other host has this Codex home: its threads belong to its own.'),
  );
}
