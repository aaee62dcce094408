// What our own runner starts inside the extension host: mocha with the suites, and a result file that
// proves that they ran.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** A test waits for states of its own accord; this only ends one that hangs. */
const TIMEOUT_MS = 120_000;

export async function run(): Promise<void> {
  const resultFile = process.env['CODEX_HEALTH_RESULT'];
  if (resultFile === undefined) throw new Error('the runner has to name the result file');
  const failures: { name: string; stack: string }[] = [];
  let passed = 0;
  function LinesReporter(runner: Mocha.Runner) {
    runner.on('pass', test => {
      passed += 1;
      say(`ok    ${test.fullTitle()} (${String(test.duration)} ms)`);
    });
    runner.on('fail', (test, error: Error) => {
      failures.push({ name: test.fullTitle(), stack: error.stack ?? String(error) });
      say(`FAIL  ${test.fullTitle()}`);
    });
  }
  const mocha = new Mocha({ ui: 'tdd', timeout: TIMEOUT_MS, reporter: asReporter(LinesReporter) });
  mocha.addFile(path.join(__dirname, 'suites.cjs'));
  say('CODEX_HEALTH_TESTS_BEGIN');
  await new Promise(resolve => mocha.run(resolve));
  writeFileSync(resultFile, JSON.stringify({ passed, failures }));
  say('CODEX_HEALTH_TESTS_END');
  if (failures.length > 0) throw new Error(`${String(failures.length)} tests failed`);
}

/** Mocha calls it with `new`, for which any function will do. */
function asReporter(report: (runner: Mocha.Runner) => void): Mocha.ReporterConstructor {
  return report as unknown as Mocha.ReporterConstructor;
}

function say(line: string): void {
  // eslint-disable-next-line no-console -- the window hands the console on to the runner.
  console.log(line);
}
