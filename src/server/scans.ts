// The only state of the server: the newest report. Scans never run side by side.

import type { Report } from '../engine/model/report.ts';

export interface Scans {
  /** The newest report; when there is none yet, that of the first scan. */
  newest(): Promise<Report>;
  /** The report of a scan that begins after this call. */
  again(): Promise<Report>;
}

export function createScans(scan: () => Promise<Report>): Scans {
  let newest: Promise<Report> | null = null;
  let running: Promise<Report> | null = null;
  let waiting: Promise<Report> | null = null;

  const start = (): Promise<Report> => {
    waiting = null;
    const started = scan().finally(() => {
      if (running === started) running = null;
    });
    running = started;
    newest = started;
    // A scan that failed is not kept; who asks next tries again.
    started.catch(() => {
      if (newest === started) newest = null;
    });
    return started;
  };

  const again = (): Promise<Report> => {
    if (running === null) return start();
    // Any number of calls during a scan come to one scan after it.
    waiting ??= running.then(start, start);
    return waiting;
  };

  return { newest: () => newest ?? start(), again };
}
