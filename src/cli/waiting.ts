// Waits until nobody has the files of a home open. Nobody is ever ended: the person closes them.

import type { Plan } from '../engine/model/plan.ts';
import type { Report } from '../engine/model/report.ts';
import type { Holder } from '../engine/model/snapshot.ts';
import { Refusal } from '../engine/refusal.ts';
import { harmless } from '../words/harmless.ts';
import type { Context } from './command.ts';
import { wrap, wrapIndented } from './text/wrap.ts';

const BETWEEN_MS = 500;

/** Whether somebody had to be waited for. */
export async function waitForHolders(
  { snapshot: { home } }: Report,
  plan: Plan,
  context: Context,
  signal: AbortSignal,
): Promise<boolean> {
  if (!plan.needs.includes('codex-stopped')) return false;
  let told = '';
  for (;;) {
    const read = await context.world.processes.holders([home.path, home.sqliteHome]);
    // What cannot be told is refused by the repair itself, with the reason.
    if (!read.ok || read.value.holders.length === 0) return told !== '';
    if (signal.aborted)
      throw new Refusal('stopped', 'The waiting was ended.', 'Nothing was changed.');
    const { holders } = read.value;
    const who = holders.map(({ pid }) => pid).join();
    if (who !== told) context.say(sayWaiting(holders, context));
    told = who;
    await context.world.files.pause(BETWEEN_MS);
  }
}

function sayWaiting(holders: readonly Holder[], { page }: Context): string {
  return `${[
    ...wrap('Waiting until these programs are closed, which have the files open:', page.width),
    ...holders.flatMap(holder => wrapIndented(harmless(howToClose(holder)), page.width, '  ')),
    page.paint.dim('Then it goes on at once. Ctrl-C ends the waiting; nothing is changed then.'),
  ].join('\n')}\n`;
}

function howToClose({ program, pid, terminal }: Holder): string {
  const where = terminal === null ? '' : `, in terminal ${terminal}`;
  const how =
    terminal === null
      ? 'close the window that it belongs to (in VS Code, the window with the Codex panel)'
      : 'end it there, as with /quit';
  return `${program} (process ${String(pid)}${where}): ${how}.`;
}
