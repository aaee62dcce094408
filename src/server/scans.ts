// The only state of the server: the newest report. Looks never run side by side.

import type { Report } from '../engine/model/report.ts';

/** `anew` reads everything, `on` only what is known to have changed. */
export type How = 'anew' | 'on';

export interface Scans {
  /** The newest report; when there is none yet, that of the first look. */
  newest(): Promise<Report>;
  /** The report of a look that begins after this call. */
  again(how?: How): Promise<Report>;
}

export function createScans(look: (how: How) => Promise<Report>): Scans {
  let newest: Promise<Report> | null = null;
  let running: Promise<Report> | null = null;
  let waiting: { readonly report: Promise<Report>; how: How } | null = null;

  const start = (how: How): Promise<Report> => {
    const started = look(how).finally(() => {
      if (running === started) running = null;
    });
    running = started;
    newest = started;
    // A look that failed is not kept; who asks next tries again.
    started.catch(() => {
      if (newest === started) newest = null;
    });
    return started;
  };

  const startWaiting = (): Promise<Report> => {
    const how = waiting?.how ?? 'anew';
    waiting = null;
    return start(how);
  };

  const again = (how: How = 'anew'): Promise<Report> => {
    if (running === null) return start(how);
    // Any number of calls during a look come to one look after it.
    waiting ??= { report: running.then(startWaiting, startWaiting), how };
    if (how === 'anew') waiting.how = how;
    return waiting.report;
  };

  return { newest: () => newest ?? start('anew'), again };
}
