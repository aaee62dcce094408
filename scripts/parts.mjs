// Runs the parts of a test, prints the time of each, and counts. With `atOnce` several run side by
// side, and what each says is printed when it ends.
//
// A part is one command. Where it runs tests of its own, `counts` says how its output counts them:
// `vitest` reads vitest's closing line, `line` a line «N passed, N failed». A part without `counts`
// is one test: it passes when it exits with 0.

import { spawn } from 'node:child_process';
import { nodeBinary } from './node-binaries.mjs';
import path from 'node:path';

export async function runParts(parts, cwd, atOnce = 1) {
  const results = [];
  const waiting = [...parts.entries()];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, part] = next;
      results[place] = await runPart(part, cwd, atOnce > 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  console.log('\n── time of each part');
  for (const { name, seconds, passed, failed } of results)
    console.log(
      `${name.padEnd(28)} ${seconds.toFixed(1).padStart(7)} s   ${passed} passed, ${failed} failed`,
    );
  for (const { notRun } of results) for (const what of notRun) console.log(`not run here: ${what}`);
  for (const { name, failures } of results)
    for (const what of failures) console.log(`failed in «${name}»: ${what}`);
  const sum = name => results.reduce((total, result) => total + result[name], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}

async function runPart(part, cwd, isOneOfSeveral) {
  const title = `\n── ${part.name}\n`;
  if (!isOneOfSeveral) process.stdout.write(title);
  const startedAt = Date.now();
  const say = isOneOfSeveral ? () => undefined : text => process.stdout.write(text);
  const { code, output } = await runCommand(part.command, cwd, say);
  if (isOneOfSeveral) process.stdout.write(title + output);
  return {
    name: part.name,
    seconds: (Date.now() - startedAt) / 1000,
    notRun: [...output.matchAll(/^NOT RUN: (.*)$/gm)].map(([, what]) => what),
    failures: namesOfFailures(output),
    ...count(part, code, output),
  };
}

/** All tests say `FAIL`; whoever has only the end of a long log finds there what failed. */
function namesOfFailures(output) {
  const lines = withoutColours(output).matchAll(/^.*?\bFAIL\b\s+(.*)$/gm);
  return [...new Set([...lines].map(([, what]) => what))];
}

function withoutColours(output) {
  return output.replace(/\u001b\[[0-9;]*m/g, '');
}

function runCommand(command, cwd, say) {
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
      say(text);
    });
  }
  return new Promise(resolve => child.once('close', code => resolve({ code, output })));
}

function count({ counts }, code, output) {
  const plain = withoutColours(output);
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
