// What failed is tried again by itself: what stood in its way may go without a change that is watched. The
// pauses grow, since most of what does not go at once does not go for long.

const FIRST_MS = 2000;
const LONGEST_MS = 300_000;

export interface Retries {
  /** Hands an attempt on, and heeds how it ends. */
  heed<T>(attempt: Promise<T>): Promise<T>;
  close(): void;
}

export function createRetries(tryAgain: () => void): Retries {
  let timer: NodeJS.Timeout | null = null;
  let pauseMs = FIRST_MS;
  let isClosed = false;
  const stop = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const failed = () => {
    // Whoever asks meanwhile, and fails too, brings the next attempt neither nearer nor farther.
    if (isClosed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      tryAgain();
    }, pauseMs).unref();
    pauseMs = Math.min(LONGEST_MS, pauseMs * 2);
  };
  const succeeded = () => {
    stop();
    pauseMs = FIRST_MS;
  };
  return {
    heed: attempt => {
      attempt.then(succeeded, failed);
      return attempt;
    },
    close: () => {
      isClosed = true;
      stop();
    },
  };
}
