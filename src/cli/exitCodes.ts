// What the exit codes say. Scripts rely on them.

import type { Report } from '../engine/model/report.ts';

export const DONE = 0;
export const FINDINGS = 1;
export const WRONG_USAGE = 2;
export const REFUSED = 3;
export const OUR_FAILURE = 4;

export function exitCodeOf({ verdict }: Report): number {
  return verdict === 'healthy' ? DONE : FINDINGS;
}
