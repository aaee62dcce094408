// Every way of breaking a home that the tests know, by name.

import type { Breakage } from './breakages/breakage.ts';
import { NotApplicable } from './breakages/breakage.ts';
import { drifts } from './breakages/drifts.ts';
import { fileBreakages } from './breakages/files.ts';
import { rowBreakages } from './breakages/rows.ts';
import { wholeHomeBreakages } from './breakages/wholeHome.ts';
import type { CodexHome } from './makeHome.ts';

export { madeIds } from './breakages/breakage.ts';
export type { Breakage } from './breakages/breakage.ts';

export const breakages: readonly Breakage[] = [
  ...wholeHomeBreakages,
  ...rowBreakages,
  ...fileBreakages,
  ...drifts,
];

/**
 * Breaks a home in place, in one way or in several, one after the other. Answers false when one of
 * them has nothing to break there; the home may then be broken in part and is to be thrown away.
 * No Codex may have the home open.
 */
export function breakHome(home: CodexHome, ...names: readonly string[]): boolean {
  try {
    for (const name of names) {
      breakageNamed(name).apply(home);
    }
    return true;
  } catch (error) {
    if (saysNotApplicable(error)) {
      return false;
    }
    throw error;
  }
}

function breakageNamed(name: string): Breakage {
  const breakage = breakages.find(candidate => candidate.name === name);
  if (breakage === undefined) {
    throw new Error(`there is no breakage "${name}"`);
  }
  return breakage;
}

/** What an earlier breakage has removed or ruined shows itself as one of these errors. */
function saysNotApplicable(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return (
    error instanceof NotApplicable ||
    error instanceof SyntaxError ||
    code === 'ENOENT' ||
    code === 'ERR_SQLITE_ERROR'
  );
}
