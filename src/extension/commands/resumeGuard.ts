// Before a thread is gone on with: does it belong to this host? Where several hosts share a home, each
// lists the threads of all, and what is resumed on the wrong one works in a folder that is not there.

import { l10n, Uri } from 'vscode';
import type { Belonging, ThreadDetails } from '../../protocol/tree.ts';
import type { Context } from './context.ts';
import { orTell } from './failures.ts';
import { askToNote } from './noting.ts';

/** What the person wanted to do, and what goes on with it here all the same. */
export interface Going {
  readonly anyway: string;
  /** Absent where forking is what they wanted. */
  readonly fork?: () => Promise<void>;
}

/** Whether to go on here. A thread of this host, and one of which nothing is known, is not asked about. */
export async function mayGoOnHere(
  context: Context,
  { id, cwd, elsewhere }: ThreadDetails,
  { anyway, fork }: Going,
): Promise<boolean> {
  if (elsewhere === null) return true;
  const { host, alias, here, isOnlyThere } = elsewhere;
  const open = alias === null ? null : l10n.t('Open a Window on {0}', alias);
  const forkHere = fork === undefined ? null : l10n.t('Fork Here');
  const pin = l10n.t('It Belongs to {0}', here);
  const goingOn = isOnlyThere ? [] : [anyway, forkHere, pin];
  const buttons = [open, ...goingOn].filter(button => button !== null);
  const pressed = await context.person.ask(question(host), whatItMeans(elsewhere), ...buttons);
  if (pressed === undefined) return false;
  if (pressed === anyway) return true;
  if (pressed === pin) {
    await context.client.ask('codexHealth/pin', { threads: [id], projects: [], host: here });
    context.person.mention(l10n.t('From now on this thread counts as one of {0}.', here));
    // Nobody waits for the answer: what they wanted goes on.
    const failure = l10n.t('Could not note what is written here');
    void orTell(context.person, failure, () => askToNote(context));
    return true;
  }
  if (pressed === forkHere) await fork?.();
  else if (alias !== null)
    await context.person.run('vscode.openFolder', remoteFolder(alias, cwd), {
      forceNewWindow: true,
    });
  return false;
}

function question(host: string | null): string {
  return host === null
    ? l10n.t('This thread was used on several hosts.')
    : l10n.t('This thread belongs to {0}.', host);
}

function whatItMeans({ host, isOnlyThere, evidence }: Belonging): string {
  if (isOnlyThere) return evidence.join('\n');
  const means =
    host === null
      ? l10n.t('Its folder and what it has changed may be on another of them than this one.')
      : l10n.t('Its folder and what it has changed are there; here Codex would work elsewhere.');
  return [...evidence, means].join('\n');
}

/** A folder in a window of Remote-SSH. Names that an address would change are written as it writes them. */
function remoteFolder(alias: string, cwd: string): Uri {
  const name = /^[a-z0-9._-]+$/.test(alias)
    ? alias
    : [...new TextEncoder().encode(JSON.stringify({ hostName: alias }))]
        .map(byte => byte.toString(16).padStart(2, '0'))
        .join('');
  const path = cwd.startsWith('/') ? cwd : '/';
  return Uri.from({ scheme: 'vscode-remote', authority: `ssh-remote+${name}`, path });
}
