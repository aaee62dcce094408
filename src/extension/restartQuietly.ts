// What happens when the server ends unasked: it is started again without a notification. Who was
// waiting for an answer hears of it; a server that keeps ending is left until somebody asks again.

import { CloseAction, ErrorAction, type ErrorHandler } from 'vscode-languageclient/node';

const MOST_RESTARTS = 4;
const WITHIN_MS = 180_000;
const MOST_ERRORS = 3;

/** `mention` is called once for ends that follow each other closely; the log has each of them. */
export function restartQuietly(mention: () => void, now: () => number = Date.now): ErrorHandler {
  let ends: readonly number[] = [];
  return {
    error: (_error, _message, count = 0) => ({
      action: count <= MOST_ERRORS ? ErrorAction.Continue : ErrorAction.Shutdown,
      handled: true,
    }),
    closed: () => {
      ends = [...ends.filter(end => now() - end < WITHIN_MS), now()];
      if (ends.length === 1) mention();
      return ends.length <= MOST_RESTARTS
        ? {
            action: CloseAction.Restart,
            handled: true,
            message: 'The server ended; it is restarted.',
          }
        : {
            action: CloseAction.DoNotRestart,
            handled: true,
            message: `The server ended ${String(ends.length)} times in three minutes. It is started again when it is needed.`,
          };
    },
  };
}
