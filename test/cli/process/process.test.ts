// Pipes, colours, signals and files: what only a whole process can show.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprintOf, homeOnDisk, type HomeOnDisk } from './homeOnDisk.ts';
import { ended, nodeOf, shell, start } from './runProcess.ts';

let large: HomeOnDisk;
let small: HomeOnDisk;
beforeAll(async () => {
  const many = Array.from({ length: 400 }, (_, index) => [`t${String(index)}`, { row: false }]);
  large = await homeOnDisk(Object.fromEntries(many) as Parameters<typeof homeOnDisk>[0]);
  small = await homeOnDisk({ t1: { row: false } });
});
afterAll(() => {
  large.remove();
  small.remove();
});

describe('a pipe that closes early', () => {
  test.each(['scan --json', 'threads --json', 'scan --sarif', 'scan'])(
    '%s | head -1',
    async command => {
      const { out, err } = await shell(
        `codex-health ${command} --home "${large.home}" | head -1; echo "\${PIPESTATUS[0]}"`,
      );
      const [first = '', code] = out.split('\n');
      expect(first).not.toBe('');
      expect(code).toBe(command.startsWith('scan') ? '1' : '0');
      expect(err).toBe('');
    },
  );

  test('the whole of a long answer comes through an open one', async () => {
    const { out } = await shell(`codex-health threads --json --home "${large.home}" | cat`);
    expect((JSON.parse(out) as { threads: unknown[] }).threads).toHaveLength(400);
  });
});

describe('colours', () => {
  const scan = (environment: Record<string, string>, ...more: string[]) =>
    ended(['scan', '--home', small.home, ...more], { environment });

  test('none in a pipe', async () => {
    expect((await scan({ TERM: 'xterm-256color' })).out).not.toContain('\u001b');
  });

  test('FORCE_COLOR has them anyway, --no-color never', async () => {
    expect((await scan({ FORCE_COLOR: '1' })).out).toContain('\u001b[1m');
    expect((await scan({ FORCE_COLOR: '1' }, '--no-color')).out).not.toContain('\u001b');
    expect((await scan({ FORCE_COLOR: '1' }, '--json')).out).not.toContain('\u001b');
  });

  test('a terminal has them, unless NO_COLOR or a dumb terminal says no', async () => {
    const onTerminal = (environment: Record<string, string>) =>
      shell(`script -qefc "'$NODE' '$CLI' scan --home '${small.home}'" /dev/null`, environment);
    expect((await onTerminal({ TERM: 'xterm' })).out).toContain('\u001b[1m');
    expect((await onTerminal({ TERM: 'xterm', NO_COLOR: '1' })).out).not.toContain('\u001b');
    expect((await onTerminal({ TERM: 'dumb' })).out).not.toContain('\u001b');
  });
});

describe('Ctrl-C', () => {
  test.each([20, 80, 160, 320])('after %i ms ends at once, and silently', async delay => {
    const before = fingerprintOf(large.home);
    const { child, ended: end } = start(['scan', '--full', '--home', large.home]);
    setTimeout(() => child.kill('SIGINT'), delay);
    const { code, signal, err } = await end;
    // It may have been quicker than the key.
    expect(signal ?? code).toBeOneOf(['SIGINT', 1]);
    expect(err).toBe('');
    expect(fingerprintOf(large.home)).toBe(before);
  });

  test('a shell sees 130', async () => {
    const { out } = await shell(
      '"$NODE" "$CLI" lsp --stdio < <(sleep 5) & pid=$!; sleep 1; kill -INT $pid; wait $pid; echo "$?"',
    );
    expect(out.trim()).toBe('130');
  });
});

test('an answer that cannot be written is no finding', async () => {
  const { code, err } = await shell(`codex-health scan --home "${small.home}" > /dev/full`);
  expect(code).toBe(4);
  expect(err).toContain('The answer could not be written: ENOSPC');
});

test('a home that this account may not read is unknown, and no crash', async () => {
  const closed = await homeOnDisk({ t1: {} });
  // Root may read everything, so that somebody else has to look.
  const isRoot = process.getuid?.() === 0;
  const node = path.join(closed.folder, 'node');
  fs.copyFileSync(nodeOf(24), node);
  fs.chmodSync(closed.folder, 0o755);
  fs.chmodSync(closed.home, 0);
  const { code, out, err } = await ended(['scan', '--home', closed.home], {
    node,
    spawn: isRoot ? { uid: 65_534, gid: 65_534, cwd: '/' } : {},
  });
  closed.remove();
  expect([code, err]).toEqual([1, '']);
  expect(out).toContain('Could not be looked at');
  expect(out).toContain('this account may not read it');
  expect(out).not.toContain('nothing is wrong');
});

test('what is accepted is kept in the state directory, and the home is left alone', async () => {
  const before = fingerprintOf(small.home);
  const environment = { XDG_STATE_HOME: path.join(small.folder, 'state') };
  const type = (...args: string[]) => ended([...args, '--home', small.home], { environment });
  const accepted = await type('accept', 'thread-row-missing:');
  expect([accepted.code, accepted.err]).toEqual([0, '']);
  expect((await type('scan', '--check', 'thread-row-missing')).code).toBe(0);
  const kept = path.join(small.folder, 'state/codex-session-health/accepted');
  expect(fs.readdirSync(kept)).toHaveLength(1);
  expect((await type('accept', '--take-back', 'thread-row-missing:')).code).toBe(0);
  expect((await type('scan', '--check', 'thread-row-missing')).code).toBe(1);
  expect(fingerprintOf(small.home)).toBe(before);
});

describe('a bundle', () => {
  test('is one file for its owner alone, and is never replaced', async () => {
    const file = path.join(small.folder, 'bundle.json');
    const args = ['bundle', file, '--home', small.home];
    expect(await ended(args)).toMatchObject({ code: 0, err: '' });
    expect(fs.statSync(file).mode & 0o077).toBe(0);
    const text = fs.readFileSync(file, 'utf8');
    expect(text).not.toContain(small.folder);
    const again = await ended(args);
    expect(again.code).toBe(3);
    expect(again.err.replaceAll('\n', ' ')).toContain('it is not replaced');
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  });

  test('is not written into the home, not even behind a link', async () => {
    const before = fingerprintOf(small.home);
    const link = path.join(small.folder, 'link');
    fs.symlinkSync(small.home, link);
    for (const folder of [small.home, link, path.join(small.home, 'sessions')]) {
      const { code, err } = await ended([
        'bundle',
        path.join(folder, 'bundle.json'),
        '--home',
        small.home,
      ]);
      expect(code).toBe(3);
      expect(err).toContain('nothing is written there');
    }
    expect(fingerprintOf(small.home)).toBe(before);
  });

  test('says why it cannot be written', async () => {
    const { code, err } = await ended(['bundle', '/nowhere/b.json', '--home', small.home]);
    expect(code).toBe(3);
    expect(err).toContain('its folder does not exist');
  });
});

test('the language server answers an editor, and goes with it', async () => {
  const { child, ended: end } = start(['lsp', '--stdio', '--clientProcessId=1'], {
    spawn: { stdio: ['pipe', 'pipe', 'pipe'] },
  });
  const send = (message: object) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin?.write(`Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`);
  };
  const home = { codexHealth: { home: small.home } };
  const params = { processId: null, rootUri: null, capabilities: {}, initializationOptions: home };
  send({ id: 1, method: 'initialize', params });
  await new Promise<void>(resolve => {
    child.stdout?.on('data', (text: string) => {
      if (text.includes('"id":1')) resolve();
    });
  });
  send({ id: 2, method: 'shutdown' });
  send({ method: 'exit' });
  const { code, out, err } = await end;
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('capabilities');
});

test('the language server ends when its editor dies', async () => {
  const { child, ended: end } = start(['lsp', '--stdio'], {
    spawn: { stdio: ['pipe', 'pipe', 'pipe'] },
  });
  child.stdin?.end();
  const { code, err } = await end;
  expect([code, err]).toEqual([0, '']);
});
