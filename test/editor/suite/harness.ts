// What every suite needs: mocha's `test`, and patience with other processes.

import type { AsyncFunc } from 'mocha';

/**
 * Mocha's own under its `tdd` interface. Whoever runs the suites has put it there: run.ts, or
 * @vscode/test-cli in a desktop VS Code.
 */
export const test: (name: string, body: AsyncFunc) => void = globalThis.test;

/** Tries again until a value is there: what another process does is never there at once. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 40_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
