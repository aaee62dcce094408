// A conversation larger than the memory that the process is given, as a whole process reads it.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idOf } from '../../support/home.ts';
import { fingerprintOf, homeOnDisk, type HomeOnDisk } from './homeOnDisk.ts';
import { ended, shell } from './runProcess.ts';

const GIB = 1024 ** 3;

let large: HomeOnDisk;
beforeAll(async () => {
  large = await homeOnDisk({ t1: { prompt: 'the first question' }, t2: {} });
  lengthen(rolloutOf('t1'));
});
afterAll(() => large.remove());

function rolloutOf(key: string): string {
  const sessions = path.join(large.home, 'sessions');
  const names = fs.readdirSync(sessions, { recursive: true, encoding: 'utf8' });
  return path.join(sessions, names.find(name => name.includes(idOf(key))) ?? '');
}

/** By a gigabyte, which takes no room on the disk, and by one more message. */
function lengthen(file: string): void {
  const message = 'the last answer \u001b[31m';
  const line = { type: 'event_msg', payload: { type: 'agent_message', message } };
  fs.truncateSync(file, GIB);
  fs.appendFileSync(file, `\n${JSON.stringify(line)}\n`);
}

test('of a gigabyte the newest part is shown in little memory', async () => {
  // What is outside of the heap counts as well, as pieces of files are.
  const { out, err } = await shell(
    `"$NODE" --max-old-space-size=96 -e '
      process.argv.splice(1, 0, process.env.CLI);
      process.on("exit", () => console.error(process.resourceUsage().maxRSS));
      import("node:url").then(url => import(url.pathToFileURL(process.env.CLI).href));
    ' -- transcript "${idOf('t1')}" --home "${large.home}"`,
  );
  expect(out).toContain('> the last answer');
  expect(out).not.toContain('> the first question');
  expect(out).not.toContain('\u001b');
  const [, earlier = ''] = /Earlier: `(.+)`/.exec(out) ?? [];
  expect(earlier).toMatch(/^codex-health transcript \S+ --part 4095 --home '/);
  const peakKib = Number(err.trim().split('\n').at(-1));
  expect(peakKib).toBeGreaterThan(0);
  expect(peakKib).toBeLessThan(256 * 1024);
});

test('the command that it names for another part can be typed as it stands', async () => {
  const oldest = await ended(['transcript', idOf('t1'), '--part', '1', '--home', large.home]);
  expect(oldest.out).toContain('> the first question');
  const [, later = ''] = /Later: `(.+)`/.exec(oldest.out) ?? [];
  const next = await shell(later);
  expect([next.code, next.err]).toEqual([0, '']);
  expect(next.out).toContain('Part 2 of 4096');
});

test('reading leaves the home as it was, and a closed pipe is no fault', async () => {
  fs.rmSync(rolloutOf('t1'));
  const before = fingerprintOf(large.home);
  const { out, err } = await shell(
    `codex-health transcript "${idOf('t2')}" --home "${large.home}" | head -1; echo "\${PIPESTATUS[0]}"`,
  );
  expect([out.split('\n')[1], err]).toEqual(['0', '']);
  expect(fingerprintOf(large.home)).toBe(before);
});
