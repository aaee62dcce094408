// What ends without anything changing on disk: a thread that is active becomes quiet, and a program that
// held files may have been killed.

import type { Report } from '../engine/model/report.ts';
import type { Snapshot } from '../engine/model/snapshot.ts';
import { nextQuietMs } from './liveState.ts';

export interface Pulse {
  /** The newest report: what is told from now on is about it. */
  follow(report: Report): void;
  close(): void;
}

const HELD_MS = 15_000;

export function createPulse(
  now: () => number,
  tell: { becomesQuiet(): void; mayBeReleased(): void },
): Pulse {
  let quiet: NodeJS.Timeout | undefined;
  let held: NodeJS.Timeout | undefined;
  const waitForQuiet = (snapshot: Snapshot) => {
    clearTimeout(quiet);
    const next = nextQuietMs(snapshot, now());
    if (next === null) return;
    const becomeQuiet = () => {
      tell.becomesQuiet();
      waitForQuiet(snapshot);
    };
    quiet = setTimeout(becomeQuiet, Math.max(0, next - now()) + 1).unref();
  };
  return {
    follow: ({ snapshot }) => {
      waitForQuiet(snapshot);
      clearTimeout(held);
      if (snapshot.holders.length > 0)
        held = setTimeout(() => tell.mayBeReleased(), HELD_MS).unref();
    },
    close: () => {
      clearTimeout(quiet);
      clearTimeout(held);
    },
  };
}
