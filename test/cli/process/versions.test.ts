// The built command line on every Node that it promises to run on.

import packageJson from '../../../package.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { troublesOfSarif } from '../sarif/validate.ts';
import { fingerprintOf, homeOnDisk, type HomeOnDisk } from './homeOnDisk.ts';
import { ended } from './runProcess.ts';

const CHECK = ['--check', 'thread-row-missing'];

describe.each([20, 22, 24])('Node %i', major => {
  let sound: HomeOnDisk;
  let unlisted: HomeOnDisk;
  beforeAll(async () => {
    sound = await homeOnDisk({ t1: {}, t2: { archived: true } });
    unlisted = await homeOnDisk({ t1: { row: false, prompt: 'Größe 移行' }, t2: {} });
  });
  afterAll(() => {
    sound.remove();
    unlisted.remove();
  });

  test('says which version it is', async () => {
    const { code, out } = await ended(['--version'], { major });
    expect([code, out]).toEqual([0, `codex-health ${packageJson.version}\n`]);
  });

  test('a home in which nothing is wrong', async () => {
    const { code, out, err } = await ended(['scan', ...CHECK, '--home', sound.home], { major });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('on this disk and can be read');
    expect(out).not.toContain('\u001b');
  });

  test('a home in which something is', async () => {
    const { code, out, err } = await ended(['scan', ...CHECK, '--home', unlisted.home], { major });
    expect([code, err]).toEqual([1, '']);
    expect(out).toContain('Größe 移行');
  });

  test('JSON', async () => {
    const { code, out } = await ended(['scan', '--json', '--home', unlisted.home], { major });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, counts: { threads: 2, rows: 1 } });
  });

  test('SARIF', async () => {
    const { out } = await ended(['scan', '--sarif', '--home', unlisted.home], { major });
    expect(troublesOfSarif(JSON.parse(out))).toEqual([]);
  });

  test('threads', async () => {
    const { code, out } = await ended(['threads', '--json', '--home', unlisted.home], { major });
    expect(code).toBe(0);
    expect((JSON.parse(out) as { threads: unknown[] }).threads).toHaveLength(2);
  });

  test('a missing home', async () => {
    const { code, err } = await ended(['scan', '--home', '/nowhere/at/all'], { major });
    expect(code).toBe(3);
    expect(err).toContain('There is no Codex home at /nowhere/at/all');
  });

  test('wrong usage', async () => {
    expect((await ended(['scan', '--frobnicate'], { major })).code).toBe(2);
  });

  test('looking leaves everything as it was', async () => {
    const before = fingerprintOf(unlisted.home);
    for (const args of [['scan', '--full'], ['threads'], ['scan', '--markdown']])
      await ended([...args, '--home', unlisted.home], { major });
    expect(fingerprintOf(unlisted.home)).toBe(before);
  });
});
