// One disk that may hang, and the process that reads it for us. One that hangs is left behind. For a while, and as
// long as it hangs, nothing more is asked of its disk: a whole scan waits once and not at each of its files, and
// never more than one process is left behind.

import type { Trouble } from '../../engine/world.ts';
import type { Heard, Reader, Visit } from './reader.ts';
import type { FarQuestion } from './words.ts';

export interface FarDisk {
  /** Null when it does not answer. */
  ask(question: FarQuestion, visit?: Visit): Promise<Heard>;
  end(): void;
}

export const SILENT: Trouble = { code: 'timeout', why: 'it stopped answering' };

/** A server that begins anew, or a network that was changed, takes a few seconds; nobody is told that it is gone. */
export const SILENT_MS = 10_000;
/** So long it is not asked again, at the least. */
const LEFT_ALONE_MS = 30_000;
/** Nobody may need it any more. */
const IDLE_MS = 5000;

export function createFarDisk(startReader: () => Reader): FarDisk {
  let reader: Reader | null = null;
  let leftBehind: Reader | null = null;
  let leftAloneUntil = -Infinity;
  let idle: NodeJS.Timeout | undefined;
  let open = 0;
  let before: Promise<unknown> = Promise.resolve();
  const end = () => {
    clearTimeout(idle);
    reader?.end();
    reader = null;
  };
  const askNow = async (question: FarQuestion, visit: Visit) => {
    if (performance.now() < leftAloneUntil || leftBehind?.isRunning() === true) return null;
    reader ??= startReader();
    const heard = await reader.ask(question, visit);
    if (heard === null) {
      leftBehind = reader;
      leftAloneUntil = performance.now() + LEFT_ALONE_MS;
      end();
    }
    return heard;
  };
  return {
    end,
    ask: (question, visit = () => 'stop') => {
      clearTimeout(idle);
      open += 1;
      const asked = before
        .then(() => askNow(question, visit))
        .finally(() => {
          open -= 1;
          if (open === 0) idle = setTimeout(end, IDLE_MS).unref();
        });
      before = asked;
      return asked;
    },
  };
}
