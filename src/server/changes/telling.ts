// How far something is, as the protocol's own progress. An editor that has not asked for it is told nothing.

import type { InTheWay } from '../../engine/engine.ts';
import type { Holder } from '../../engine/model/snapshot.ts';
import { harmless } from '../../words/harmless.ts';
import { progressInWords } from '../../words/progress.ts';

export interface Teller {
  begin(title: string, isCancellable: boolean): void;
  tell(done: number, total: number, what: string): void;
  /** What is waited for. */
  say(message: string): void;
  end(): void;
}

/** What `connection.window.attachWorkDoneProgress` gives. */
interface Reporter {
  begin(title: string, percentage?: number, message?: string, cancellable?: boolean): void;
  report(percentage: number, message: string): void;
  report(message: string): void;
  done(): void;
}

export function createTeller(reporter: Reporter): Teller {
  let told = '';
  return {
    begin: (title, isCancellable) => reporter.begin(title, 0, undefined, isCancellable),
    tell: (done, total, what) => {
      const percentage = total === 0 ? 0 : Math.floor((100 * done) / total);
      // Of ten thousand repairs a hundred messages are enough.
      const step = `${what} ${String(percentage)}`;
      if (step === told) return;
      told = step;
      reporter.report(percentage, progressInWords(done, total, what));
    },
    say: message => reporter.report(message),
    end: () => reporter.done(),
  };
}

/** With their hosts, since somebody goes there to close them. */
export function describeOpen(programs: readonly InTheWay[]): string {
  return harmless(programs.map(({ host, says }) => `on ${host}: ${says}`).join('; '));
}

export function describeWaiting(holders: readonly Holder[]): string {
  const names = holders.map(({ program, pid, terminal }) => {
    const where = terminal === null ? '' : ` in terminal ${terminal}`;
    return `${program} (process ${String(pid)}${where})`;
  });
  return harmless(names.join(', '));
}
