// What the window says in the flows of repairs, in one place: those who change a text find it here.

import { checks } from '../../../src/engine/checks/index.ts';

const CHECK = 'thread-path-stale';

export const WORDS = {
  repairState: 'Codex: Repair State',
  /** The check whose finding is repaired, and what it is called. */
  check: CHECK,
  stalePath: checks.find(({ id }) => id === CHECK)?.title ?? '',
  /** What the lightbulb offers on the line that is wrong. */
  cure: 'Let the database look where the conversation is',
  planTitle: 'Codex plan:',
  consent: 'Repair this?',
  doIt: /^Repair$/,
  /** What can be done while Codex runs; what is left; and that it waits for Codex. */
  doNow: /^Repair \d+ Now$/,
  rest: 'The Rest…',
  waitForIt: /^Wait for Codex/,
  repaired: /(is|are) repaired/,
  undo: /^Undo$/,
  undoRepair: 'Codex: Undo Repair',
  undone: /everything is as it was/,
  anotherRepair: /Another window.* is repairing this home just now/,
  /** What the page of a plan says once it was carried out, and what it offers. */
  allHealed: 'All of this is healed or gone.',
  undoThis: 'Undo this repair…',
};
