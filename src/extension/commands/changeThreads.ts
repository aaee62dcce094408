// Archive, take out of the archive, rename and fork: Codex itself does it, and each can be undone.

import { l10n } from 'vscode';
import { changeAtOnce } from './change.ts';
import type { ThreadNode } from '../../protocol/tree.ts';
import type { Context } from './context.ts';
import { mayGoOnHere } from './resumeGuard.ts';
import { threadOf, threadsOf, type Target } from './targets.ts';

/** Of those that are selected, the ones for which there is something to do. */
export async function archiveThread(context: Context, target: Target): Promise<void> {
  const threads = (await threadsOf(context.client, target)).filter(({ archived }) => !archived);
  if (threads.length === 0) return tellNoThread(context);
  await changeAtOnce(context, { kind: 'archive', threads: threads.map(({ id }) => id) });
}

export async function unarchiveThread(context: Context, target: Target): Promise<void> {
  const threads = (await threadsOf(context.client, target)).filter(({ archived }) => archived);
  if (threads.length === 0) return tellNoThread(context);
  await changeAtOnce(context, { kind: 'unarchive', threads: threads.map(({ id }) => id) });
}

export async function renameThread(context: Context, target: Target): Promise<void> {
  const thread = await threadOf(context.client, target);
  if (thread === null) return tellNoThread(context);
  const typed = await context.person.enter(l10n.t('New name of the thread'), thread.title, text =>
    text.trim() === '' ? l10n.t('A name has at least one letter.') : null,
  );
  const name = typed?.trim() ?? '';
  if (name !== '' && name !== thread.title)
    await changeAtOnce(context, { kind: 'rename', thread: thread.id, name });
}

export async function forkThread(context: Context, target: Target): Promise<void> {
  const thread = await threadOf(context.client, target);
  const details =
    thread === null ? null : await context.client.ask('codexHealth/thread', { id: thread.id });
  if (thread === null || details === null) return tellNoThread(context);
  if (await mayGoOnHere(context, details, { anyway: l10n.t('Fork Here Anyway') }))
    await forkHere(context, thread);
}

/** Without asking whether the thread belongs here. */
export async function forkHere(context: Context, { id }: Pick<ThreadNode, 'id'>): Promise<void> {
  await changeAtOnce(context, { kind: 'fork', thread: id });
}

export async function tellNoThread({ person }: Pick<Context, 'person'>): Promise<void> {
  await person.tell(
    'information',
    l10n.t('There is no thread there for which this could be done.'),
  );
}
