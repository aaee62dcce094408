// A repair that was stopped is found by whoever comes next, also when they keep their backups elsewhere.

import { describe, expect, test } from 'vitest';
import { forgetWhatIsOver, underWay } from '../../src/engine/repair/stopped.ts';
import { Vault } from '../../src/engine/repair/vault.ts';
import { home, HOME } from '../support/home.ts';
import { pictureOf } from '../support/pictures.ts';
import { terminal } from '../cli/runCli.ts';
import { createBench, planOf } from './specimens.ts';

const APPLY = ['apply', '--all', '--yes'];
/** More operations than any of these repairs takes. */
const MANY = 200;
const NOTE = `${HOME}/session-health/under-way.json`;
const [A, B] = [
  ['--vault', '/mnt/a'],
  ['--vault', '/mnt/b'],
];

/** Several threads, of which files are written, rows changed and a file put into the vault. */
function sick() {
  const machine = terminal(
    home()
      .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
      .thread('t2', { text: text => `\ufeff${text}` })
      .thread('t3', { text: () => '' })
      .thread('t4'),
  );
  // Its lock is there from the first moment, as on a disk.
  const lock = `/mnt/a/${machine.world.hash(HOME).slice(0, 8)}/lock.sqlite`;
  machine.files.set(lock, { bytes: new Uint8Array(), modifiedMs: 0 });
  const picture = () =>
    Object.fromEntries(
      Object.entries(pictureOf(machine.files)).filter(
        ([name]) => !/session-health|^\/mnt\//.test(name),
      ),
    );
  return { ...machine, picture };
}

/** Types something and pulls the plug after so many operations; says whether it came to its end before. */
async function unplugged(
  { type, memory }: ReturnType<typeof sick>,
  operations: number,
  isTorn: boolean,
  args: readonly string[],
): Promise<boolean> {
  memory.stopAfter(operations, isTorn);
  const { code } = await type(...args);
  memory.restart();
  return code === 0;
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** A repair with its backups in A that was stopped when some of it was done. */
async function stoppedInTheMiddle() {
  for (let operations = 3; operations < MANY; operations += 1) {
    const machine = sick();
    const before = machine.picture();
    if (await unplugged(machine, operations, false, [...APPLY, ...A])) break;
    const isChanged = JSON.stringify(machine.picture()) !== JSON.stringify(before);
    if (isChanged) return { ...machine, before };
  }
  throw new Error('it was never in the middle');
}

describe('a repair that was stopped at any operation', () => {
  test('is before or after for whoever repairs next with another vault', async () => {
    const whole = sick();
    const before = whole.picture();
    expect((await whole.type(...APPLY, ...A)).code).toBe(0);
    const after = whole.picture();
    expect(after).not.toEqual(before);
    let isDone = false;
    for (let operations = 0; !isDone && operations < MANY; operations += 1) {
      const machine = sick();
      isDone = await unplugged(machine, operations, true, [...APPLY, ...A]);
      const { code, out } = await machine.type('history', '--json', ...B);
      expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ interrupted: null })]);
      const isAfter = JSON.stringify(machine.picture()) === JSON.stringify(after);
      if (!isAfter) expect(machine.picture()).toEqual(before);
      expect(await machine.type(...APPLY, ...B)).toMatchObject({ code: 0, err: '' });
      expect(machine.picture()).toEqual(after);
      expect(machine.files.has(NOTE)).toBe(false);
    }
    expect(isDone).toBe(true);
  });

  test('also where undoing it was stopped', async () => {
    let isDone = false;
    for (let operations = 0; !isDone && operations < MANY; operations += 1) {
      const machine = sick();
      const before = machine.picture();
      await machine.type(...APPLY, ...A);
      const after = machine.picture();
      isDone = await unplugged(machine, operations, true, ['undo', '--yes', ...A]);
      await machine.type('history', ...B);
      const isAfter = JSON.stringify(machine.picture()) === JSON.stringify(after);
      if (!isAfter) expect(machine.picture()).toEqual(before);
      expect((await machine.type('scan', '--json', ...B)).out).toContain('"interrupted": null');
    }
    expect(isDone).toBe(true);
  });
});

describe('a repair that was stopped in the middle, seen with another vault', () => {
  test('is told of by a scan, which changes nothing', async () => {
    const { type, files } = await stoppedInTheMiddle();
    const before = pictureOf(files);
    const { out } = await type('scan', ...B);
    expect(inOneLine(out)).toContain('A repair was stopped in the middle');
    expect(pictureOf(files)).toEqual(before);
  });

  test('is looked at without a lock, and without a folder for one', async () => {
    const { type, memory } = await stoppedInTheMiddle();
    const { lock, makeFolder } = memory.hands;
    const made: string[] = [];
    memory.hands.makeFolder = folder => (made.push(folder), makeFolder(folder));
    memory.hands.lock = file => (made.push(file), lock(file));
    for (const looks of [['scan'], ['plan', '--all'], ['threads'], ['disk']])
      expect((await type(...looks, ...B)).code).toBeLessThan(2);
    expect(made).toEqual([]);
    await type('history', ...B);
    expect(made).not.toEqual([]);
  });

  test('is what is undone first', async () => {
    const { type, picture, before } = await stoppedInTheMiddle();
    expect(await type('undo', '--yes', ...B)).toMatchObject({ code: 0, err: '' });
    expect(picture()).toEqual(before);
  });

  test('is found in the home itself, when its backups lie there', async () => {
    for (let operations = 3; operations < 6; operations += 1) {
      const machine = sick();
      const before = machine.picture();
      await unplugged(machine, operations, false, APPLY);
      await machine.type('history', ...B);
      expect(machine.picture()).toEqual(before);
    }
  });

  test.each([
    ['is gone', 'there is nothing at this path'],
    ['does not answer', 'does not answer'],
  ])('nothing is changed while the place of its backups %s', async (how, why) => {
    const { type, files, world, picture, before } = await stoppedInTheMiddle();
    const half = picture();
    const kept = [...files].filter(([file]) => file.startsWith('/mnt/a/'));
    const [, folder = ''] = /^(\/mnt\/a\/[^/]+)/.exec(kept[0]?.[0] ?? '') ?? [];
    const { files: ports, outside } = world;
    const usual = { mayHang: ports.mayHang, look: outside.look };
    if (how === 'is gone') for (const [file] of kept) files.delete(file);
    else {
      ports.mayHang = file => Promise.resolve(file === folder);
      outside.look = paths =>
        Promise.resolve(new Map(paths.map(path => [path, 'unknown'] as const)));
    }
    for (const args of [APPLY, ['undo', '--yes'], [...APPLY, ...B]]) {
      const { code, err } = await type(...args);
      expect(code).toBe(3);
      expect(inOneLine(err)).toContain(why);
      expect(inOneLine(err)).toContain(`If it is gone for good, remove ${NOTE}`);
    }
    expect(picture()).toEqual(half);
    Object.assign(ports, { mayHang: usual.mayHang });
    Object.assign(outside, { look: usual.look });
    for (const [file, content] of kept) files.set(file, content);
    expect(await type('history', ...B)).toMatchObject({ code: 0, err: '' });
    expect(picture()).toEqual(before);
  });

  test('a note that is damaged, or cannot be read, is not taken for none', async () => {
    const { type, files, picture } = await stoppedInTheMiddle();
    const half = picture();
    for (const text of ['', '{"vault":', '{"vault":7}', '[]', 'null']) {
      files.set(NOTE, { bytes: new TextEncoder().encode(text), modifiedMs: 0 });
      const { code, err } = await type(...APPLY, ...B);
      expect([code, inOneLine(err)]).toEqual([3, expect.stringContaining('not what was written')]);
    }
    expect(picture()).toEqual(half);
    files.delete(NOTE);
    expect((await type(...APPLY, ...B)).code).toBe(0);
  });
});

test('a vault that does not answer is said to be so, by whatever needs it', async () => {
  const { type, world, picture } = sick();
  const before = picture();
  const { files, outside } = world;
  files.mayHang = file => Promise.resolve(file.startsWith('/mnt/b'));
  outside.look = paths => Promise.resolve(new Map(paths.map(path => [path, 'unknown'] as const)));
  for (const args of [APPLY, ['plan', '--all'], ['undo', '--yes'], ['history']]) {
    const { code, err } = await type(...args, ...B);
    expect([code, inOneLine(err)]).toEqual([3, expect.stringContaining('does not answer')]);
  }
  expect(inOneLine((await type('scan', ...B)).out)).toContain('which does not answer');
  expect(picture()).toEqual(before);
});

test('the note stays for as long as something is in the middle, also where nothing was killed', async () => {
  const { built, memory, site: inHome } = createBench();
  const site = { ...inHome, vault: new Vault(built.world, memory.hands, '/mnt/a') };
  const begun = await underWay(site, () => site.vault.begin(planOf([])));
  expect(built.files.has(NOTE)).toBe(true);
  await site.vault.note(begun, { note: 'undone', at: '2026-11-21T12:00:00Z', left: [] });
  await forgetWhatIsOver(inHome);
  expect(built.files.has(NOTE)).toBe(false);
});
