import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { parseCommandLine } from '../../src/cli/commandLine.ts';
import { nearest } from '../../src/cli/nearest.ts';
import { displayWidth } from '../../src/cli/text/width.ts';
import { home } from '../support/home.ts';
import { typed } from './runCli.ts';

describe('what is not understood', () => {
  test.each([
    [['scna'], 'There is no command "scna". Did you mean "scan"?'],
    [['frobnicate'], 'There is no command "frobnicate".'],
    [['scan', '--jsno'], 'There is no option --jsno. Did you mean --json?'],
    [['scan', '-x'], 'There is no option -x.'],
    [['scan', '--json=yes'], '--json takes no value.'],
    [['scan', '--home', '--json'], '--home needs a value: --home DIR'],
    [['scan', '--codex='], '--codex needs a value: --codex BIN'],
    [['scan', '--all'], 'scan has no option --all.'],
    [['scan', 'everything'], 'scan takes no further words: "everything".'],
    [['explain', 'a', 'b'], 'explain takes one check at a time.'],
    [['explain', 'thread-row'], 'There is no check "thread-row". Did you mean thread-row-missing?'],
    [['accept'], 'Which finding?'],
    [['accept', '--list', 'x'], '--list stands alone'],
    [['bundle'], 'Which file'],
    [['help', 'scna'], 'There is no command "scna". Did you mean "scan"?'],
  ])('%j', async (args, says) => {
    const { code, out, err } = await typed(home(), args);
    expect([code, out]).toEqual([2, '']);
    expect(err.replaceAll('\n', ' ')).toContain(says);
    expect(err).toContain('--help says more.');
  });
});

test('each command explains itself, on narrow terminals as well', async () => {
  for (const { name, summary } of commands) {
    const { code, out, err } = await typed(home(), [name, '--help', '--no-color'], {
      columns: 76,
    });
    expect([code, err]).toEqual([0, '']);
    expect(out.replaceAll('\n', ' ')).toContain(summary);
    expect(out.split('\n').filter(line => displayWidth(line) > 76)).toEqual([]);
  }
});

test('the general help names every command', async () => {
  const { code, out } = await typed(home(), ['--help']);
  expect(code).toBe(0);
  for (const { name, summary } of commands) {
    expect(out).toContain(`  ${name} `);
    expect(out).toContain(summary);
  }
  expect((await typed(home(), ['help'])).out).toBe(out);
});

test('the version', async () => {
  expect((await typed(home(), ['--version'])).out).toBe('codex-health 0.1.0\n');
});

test('a list takes the words that follow it, until a finding or an option', () => {
  const { command, operands, given } = parseCommandLine(
    'scan --check a,b c --quiet d thread-path-stale:x'.split(' '),
  );
  expect(command).toBe('scan');
  expect(given.list('check')).toEqual(['a', 'b', 'c']);
  expect(operands).toEqual(['d', 'thread-path-stale:x']);
});

test('options may stand before the command, and the last value counts', () => {
  const { command, given } = parseCommandLine('--home a -q scan --home=b'.split(' '));
  expect([command, given.text('home'), given.has('quiet')]).toEqual(['scan', 'b', true]);
});

test('nearest words', () => {
  const known = ['scan', 'threads', 'explain', 'accept', 'bundle'];
  expect(nearest('thread', known)).toBe('threads');
  expect(nearest('exlpain', known)).toBe('explain');
  expect(nearest('SCAN', known)).toBe('scan');
  expect(nearest('x', known)).toBeNull();
  expect(nearest('delete-everything', known)).toBeNull();
});
