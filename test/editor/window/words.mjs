// What the window says in the flows of repairs, in one place: those who change a text find it here.

import { checks } from '../../../src/engine/checks/index.ts';

const CHECK = 'thread-path-stale';

export const WORDS = {
  repairState: 'Codex: Repair State',
  /** The check whose finding is repaired, and what it is called. */
  check: CHECK,
  stalePath: checks.find(({ id }) => id === CHECK)?.title ?? '',
  /** What the lightbulb offers begins so. */
  repair: /Repair|Bind|Point/,
  planTitle: /^Codex (repair )?plan/,
  consent: 'Repair',
  doIt: 'Repair',
  doWithout: /without closing|now/i,
  waitForIt: /[Ww]ait/,
  repaired: /[Rr]epaired/,
  undo: 'Undo',
};
