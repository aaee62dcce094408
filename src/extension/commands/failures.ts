// What went wrong, in one notification with at most one button: an expected "no" with what to do next,
// and everything else with the way to the log.

import { CancellationError, l10n } from 'vscode';
import { REFUSED, type RefusedData } from '../../protocol/requests.ts';
import { COMMANDS, SETTINGS } from '../contributions.ts';
import type { Person } from './context.ts';

export interface Refused extends RefusedData {
  readonly says: string;
}

/** Runs a command and tells what it could not do. `what`: the sentence that a failure begins with. */
export async function orTell(
  person: Person,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    await tellFailure(person, what, error);
  }
}

export async function tellFailure(person: Person, what: string, error: unknown): Promise<void> {
  if (isCancelled(error)) return;
  const refused = refusalOf(error);
  if (refused !== null) return tellRefusal(person, refused);
  const button = l10n.t('Show Log');
  const sentence = l10n.t('{0}: {1}', what, reasonOf(error));
  if ((await person.tell('error', sentence, button)) === button) await person.run(COMMANDS.showLog);
}

export function refusalOf(error: unknown): Refused | null {
  if (!(error instanceof Error) || codeOf(error) !== REFUSED) return null;
  const { refusal = '', next = '' } = (error as { data?: Partial<RefusedData> }).data ?? {};
  return { says: error.message, refusal, next };
}

/** Whether somebody has cancelled it, and it says no more than that. */
export function isCancelled(error: unknown): boolean {
  if (error instanceof CancellationError) return true;
  return error instanceof Error && codeOf(error) === CANCELLED;
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return SERVER_GONE.includes(codeOf(error))
    ? l10n.t('the language server ended in the middle of it, and was started again')
    : error.message;
}

/** The codes of the Language Server Protocol and of its connection. */
const CANCELLED = -32800;
/** No answer comes any more, it could not be asked, or there is no connection. */
const SERVER_GONE: readonly unknown[] = [-32097, -32099, -32096];

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}

async function tellRefusal(person: Person, { says, next, refusal }: Refused): Promise<void> {
  const wayOut = wayOutOf(refusal);
  const sentence = [says, next].filter(text => text !== '').join(' ');
  if (wayOut === null) await person.tell('warning', sentence);
  else if ((await person.tell('warning', sentence, wayOut.button)) === wayOut.button)
    await person.run(...wayOut.command);
}

interface WayOut {
  readonly button: string;
  readonly command: readonly [string, ...(readonly unknown[])];
}

function wayOutOf(refusal: string): WayOut | null {
  const openSetting = (name: string): WayOut => ({
    button: l10n.t('Open Settings'),
    command: ['workbench.action.openSettings', `${SETTINGS}.${name}`],
  });
  switch (refusal) {
    case 'no-home':
      return openSetting('home');
    case 'not-shared':
      return openSetting('hosts');
    case 'two-databases':
      return openSetting('sqliteHome');
    case 'vault-unreadable':
      return openSetting('vault');
    case 'split-already':
    case 'undo-unfinished':
    case 'already-undone':
      return { button: l10n.t('Show History'), command: [COMMANDS.showHistory] };
    case 'no-such-finding':
      return { button: l10n.t('Refresh'), command: [COMMANDS.refresh] };
    default:
      return null;
  }
}
