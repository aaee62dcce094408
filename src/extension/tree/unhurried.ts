// While nobody sees the view, what it shows is asked for now and then: number and status bar stay right,
// and a home in which Codex is at work is not looked at several times a second for nobody.

import type { Disposable } from 'vscode';

const UNSEEN_MS = 10_000;

export interface Unhurried extends Disposable {
  /** Something has changed: the work is done at once while it is seen, else before long. */
  notice(): void;
  /** Somebody sees it now. */
  seen(): void;
}

export function createUnhurried(
  work: () => void,
  isSeen: () => boolean,
  betweenMs = UNSEEN_MS,
): Unhurried {
  let timer: NodeJS.Timeout | undefined;
  let readyAtMs = 0;
  const run = () => {
    clearTimeout(timer);
    timer = undefined;
    readyAtMs = Date.now() + betweenMs;
    work();
  };
  return {
    notice: () => {
      const waitMs = readyAtMs - Date.now();
      if (isSeen() || waitMs <= 0) run();
      else timer ??= setTimeout(run, waitMs);
    },
    seen: () => {
      if (timer !== undefined) run();
    },
    dispose: () => clearTimeout(timer),
  };
}
