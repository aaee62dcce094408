// Gathers what comes in bursts: the first change is answered at once, those after it a few times in a
// second at most, and the last one always.

/** Lets a short turn come to its end: its lines, and behind them its row. */
const FIRST_MS = 200;
const BETWEEN_MS = 500;
/** While nobody looks, nobody waits. */
const UNSEEN_MS = 10_000;
/** Work that takes long is done so seldom that it never takes more than this part of the time. */
const MOST_SHARE = 1 / 4;

export interface Gathering {
  /** Something has changed: the work is to be done soon. */
  notice(): void;
  /** Whoever was told asks what is so: somebody is looking. */
  seen(): void;
  close(): void;
}

/** `work` says whether it has told somebody of something: only then does silence mean that nobody looks. */
export function createGathering(work: () => Promise<boolean>): Gathering {
  let timer: NodeJS.Timeout | null = null;
  let isWorking = false;
  let isNoticed = false;
  let isSeen = true;
  let isClosed = false;
  let readyAt = 0;

  const plan = () => {
    if (isClosed || isWorking || !isNoticed) return;
    if (timer !== null) clearTimeout(timer);
    const wait = Math.max(FIRST_MS, readyAt - performance.now());
    timer = setTimeout(() => void run(), isSeen ? wait : Math.max(wait, UNSEEN_MS)).unref();
  };
  const run = async () => {
    timer = null;
    isWorking = true;
    isNoticed = false;
    const wasSeen = isSeen;
    isSeen = false;
    const startedAt = performance.now();
    const hasTold = await work();
    if (!hasTold) isSeen ||= wasSeen;
    const tookMs = performance.now() - startedAt;
    readyAt = performance.now() + Math.max(BETWEEN_MS, tookMs / MOST_SHARE - tookMs);
    isWorking = false;
    plan();
  };
  return {
    notice: () => {
      if (isNoticed) return;
      isNoticed = true;
      plan();
    },
    seen: () => {
      if (isSeen) return;
      isSeen = true;
      plan();
    },
    close: () => {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
