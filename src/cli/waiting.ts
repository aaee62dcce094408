// Says for whom is waited, and how they are closed.

import {
  waitForHolders as wait,
  waitForHosts as waitEverywhere,
  type InTheWay,
} from '../engine/engine.ts';
import type { Plan } from '../engine/model/plan.ts';
import type { Report } from '../engine/model/report.ts';
import type { Holder } from '../engine/model/snapshot.ts';
import { harmless } from '../words/harmless.ts';
import type { Context } from './command.ts';
import { wrap, wrapIndented } from './text/wrap.ts';

/** Whether somebody had to be waited for. */
export function waitForHolders(
  report: Report,
  plan: Plan,
  context: Context,
  signal: AbortSignal,
): Promise<boolean> {
  return wait(context.world, report, plan, signal, holders =>
    context.say(sayWaiting(holders, context)),
  );
}

/** The last look, which shows nobody any more. */
export function waitForHosts<T>(
  look: () => Promise<T>,
  inTheWay: (seen: T) => readonly InTheWay[],
  context: Context,
  signal: AbortSignal,
): Promise<T> {
  return waitEverywhere(context.world, look, inTheWay, signal, programs =>
    context.say(
      `${[
        ...wrap('Waiting until these programs are closed:', context.page.width),
        ...namePrograms(programs, context.page.width),
        context.page.paint.dim(
          'Then it goes on. Ctrl-C ends the waiting; nothing is changed then.',
        ),
      ].join('\n')}\n`,
    ),
  );
}

/** Host by host, as somebody goes there to close them. */
export function namePrograms(programs: readonly InTheWay[], width: number): readonly string[] {
  return programs.flatMap(({ host, says }) =>
    wrapIndented(harmless(`On ${host}: ${says}.`), width, '  '),
  );
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
