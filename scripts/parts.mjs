// Runs the parts of a test one after the other, prints the time of each, and counts.
//
// A part is one command. Where it runs tests of its own, `counts` says how its output counts them:
// `vitest` reads vitest's closing line, `line` a line «N passed, N failed». A part without `counts`
// is one test: it passes when it exits with 0.

import { spawn } from 'node:child_process';
import { nodeBinary } from './node-binaries.mjs';
import path from 'node:path';

export async function runParts(parts, cwd) {
  let passed = 0;
  let failed = 0;
  const notRun = [];
  const times = [];
  for (const part of parts) {
    console.log(`\n── ${part.name}`);
    const startedAt = Date.now();
    const { code, output } = await runPart(part.command, cwd);
    const counted = count(part, code, output);
    passed += counted.passed;
    failed += counted.failed;
    notRun.push(...[...output.matchAll(/^NOT RUN: (.*)$/gm)].map(([, what]) => what));
    times.push([part.name, (Date.now() - startedAt) / 1000, counted]);
  }
  console.log('\n── time of each part');
  for (const [name, seconds, counted] of times)
    console.log(
      `${name.padEnd(28)} ${seconds.toFixed(1).padStart(7)} s   ${counted.passed} passed, ${counted.failed} failed`,
    );
  for (const what of notRun) console.log(`not run here: ${what}`);
  return { passed, failed };
}

function runPart(command, cwd) {
  // Tools that start `node` by name shall get the Node that they need.
  const PATH = `${path.dirname(nodeBinary(24))}${path.delimiter}${process.env.PATH}`;
  const child = spawn(command[0], command.slice(1), {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH, VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', text => {
      output += text;
      process.stdout.write(text);
    });
  }
  return new Promise(resolve => child.once('close', code => resolve({ code, output })));
}

function count({ counts }, code, output) {
  const plain = output.replace(/\u001b\[[0-9;]*m/g, '');
  const line =
    counts === 'vitest'
      ? /^\s*Tests\s+(?:(?<failed>\d+) failed)?(?: \| )?(?:(?<passed>\d+) passed)?/m.exec(plain)
      : counts === 'line'
        ? [...plain.matchAll(/^(?<passed>\d+) passed, (?<failed>\d+) failed/gm)].at(-1)
        : null;
  if (counts === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const passed = Number(line?.groups.passed ?? 0);
  const failed = Number(line?.groups.failed ?? 0);
  // A run that failed without a failed test, or that ran none, is a failure of its own.
  const broke = (code !== 0 && failed === 0) || (code === 0 && passed === 0);
  return { passed, failed: failed + (broke ? 1 : 0) };
}
