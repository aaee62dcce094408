// The smallest test runner that will do inside an extension host: tests by name, one after the
// other, and a result file that proves that they ran.

import { writeFileSync } from 'node:fs';

const tests: { readonly name: string; readonly body: () => Promise<void> }[] = [];

export function test(name: string, body: () => Promise<void>): void {
  tests.push({ name, body });
}

/** Runs all tests and rejects when one of them failed. */
export async function runTests(resultFile: string): Promise<void> {
  const failures: { name: string; stack: string }[] = [];
  let passed = 0;
  say('CODEX_HEALTH_TESTS_BEGIN');
  for (const { name, body } of tests) {
    const startedAt = Date.now();
    try {
      await body();
      passed += 1;
      say(`ok    ${name} (${String(Date.now() - startedAt)} ms)`);
    } catch (error) {
      failures.push({ name, stack: error instanceof Error ? (error.stack ?? '') : String(error) });
      say(`FAIL  ${name}`);
    }
  }
  writeFileSync(resultFile, JSON.stringify({ passed, failures }));
  say('CODEX_HEALTH_TESTS_END');
  if (failures.length > 0) throw new Error(`${String(failures.length)} tests failed`);
}

/** Tries again until a value is there: what another process does is never there at once. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  limitMs = 20_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function say(line: string): void {
  // eslint-disable-next-line no-console -- the window hands the console on to the runner.
  console.log(line);
}
