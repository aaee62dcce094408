import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Filesystem } from '../../src/engine/model/database.ts';
import { createOutside, type OutsideProcess } from '../../src/node/outside.ts';
import { createAnswers, type Sight } from '../../src/node/outsideAnswers.ts';

const SOURCES = path.join(import.meta.dirname, '../../src/node');
/** Generous where the time is not what a test is about: the machine may be busy. */
const PATIENT = { limitMs: 15_000, startLimitMs: 15_000 };

let folder: string;
let started: OutsideProcess | null = null;

beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'outside-')));
  fs.mkdirSync(`${folder}/project/inner`, { recursive: true });
  fs.writeFileSync(`${folder}/file`, '');
  fs.symlinkSync('project/inner', `${folder}/link`);
  fs.symlinkSync('gone', `${folder}/dangling`);
  fs.symlinkSync('loop', `${folder}/loop`);
});

afterAll(() => fs.rmSync(folder, { recursive: true }));
afterEach(() => {
  started?.close();
  started = null;
});

function start(options = PATIENT, helper = `${SOURCES}/outsideHelper.ts`): OutsideProcess {
  started = createOutside({ helper, ...options });
  return started;
}

describe('real paths', () => {
  test('are folders, files or missing', async () => {
    const paths = ['/project', '/link', '/link/..', '/file', '/gone', '/file/x', '/dangling'];
    const states = await start().look(paths.map(name => folder + name));
    expect([...states.values()]).toEqual([
      ...['folder', 'folder', 'folder', 'file'],
      ...['missing', 'missing', 'missing'],
    ]);
  });

  test('that this system cannot name, or that lead in a circle, are unknown', async () => {
    const paths = ['', 'relative', 'C:\\work', '/nul\0', `${folder}/loop`, '/line\nend/x'];
    const states = await start().look(paths);
    expect([...states.values()]).toEqual([
      ...['unknown', 'unknown', 'unknown', 'unknown', 'unknown', 'missing'],
    ]);
  });

  test('may be asked for again, twice at once, and seen to have changed', async () => {
    const late = `${folder}/late`;
    const outside = start();
    const [one, other] = await Promise.all([outside.look([late]), outside.look([late, folder])]);
    expect([one.get(late), other.get(late), other.get(folder)]).toEqual([
      ...['missing', 'missing', 'folder'],
    ]);
    fs.writeFileSync(late, '');
    expect((await outside.look([late])).get(late)).toBe('file');
  });

  test('may be twenty thousand', async () => {
    const paths = Array.from({ length: 20_000 }, (_, index) =>
      index % 2 === 0 ? `${folder}/project/gone-${String(index)}` : `${folder}/link/../inner/.`,
    );
    const states = await start().look([...paths, `${folder}/file`]);
    expect(states.size).toBe(10_002);
    expect(states.get(`${folder}/project/gone-2`)).toBe('missing');
    expect([...states.values()].filter(state => state === 'missing')).toHaveLength(10_000);
  });

  test.runIf(process.platform === 'linux' && process.getuid?.() !== 0)(
    'behind a closed door are unknown',
    async () => {
      fs.mkdirSync(`${folder}/closed/inner`, { recursive: true });
      fs.chmodSync(`${folder}/closed`, 0);
      const states = await start().look([`${folder}/closed`, `${folder}/closed/inner`]);
      fs.chmodSync(`${folder}/closed`, 0o700);
      expect([...states.values()]).toEqual(['folder', 'unknown']);
    },
  );
});

describe('a helper that', () => {
  const helper = (name: string, program: string) => {
    fs.writeFileSync(`${folder}/${name}.cjs`, program);
    return `${folder}/${name}.cjs`;
  };

  test('never answers costs the limit, and the rest stays unknown', async () => {
    const half = helper(
      'half',
      `process.stdout.write('ready\\n0 folder\\n'); process.stdin.on('data', () => {});`,
    );
    const outside = start({ limitMs: 300, startLimitMs: 15_000 }, half);
    const startedAt = performance.now();
    const states = await outside.look(['/one', '/two']);
    const took = performance.now() - startedAt;
    expect([...states.values()]).toEqual(['folder', 'unknown']);
    expect(took).toBeGreaterThan(290);
    expect(took).toBeLessThan(10_000);
  });

  test('does not come up costs the limit of the start', async () => {
    const mute = helper('mute', 'setInterval(() => {}, 1000);');
    const outside = start({ limitMs: 15_000, startLimitMs: 200 }, mute);
    expect((await outside.look(['/one'])).get('/one')).toBe('unknown');
  });

  test.each([
    ['ends', 'process.exit(1);'],
    ['does not parse', 'this is not JavaScript'],
  ])('%s is not waited for', async (name, program) => {
    const outside = start(PATIENT, helper(name.replaceAll(' ', '-'), program));
    expect((await outside.look(['/one'])).get('/one')).toBe('unknown');
  });

  test('has answered while we were busy is heard, though the time is over', async () => {
    const outside = start({ limitMs: 200, startLimitMs: 15_000 });
    await outside.look([folder]);
    const looking = outside.look([`${folder}/file`]);
    // The question leaves in this turn of the loop; then nothing is read for longer than the limit.
    await new Promise(resolve => setImmediate(resolve));
    const until = performance.now() + 1500;
    while (performance.now() < until);
    expect((await looking).get(`${folder}/file`)).toBe('file');
  });

  test('is asked nothing is not started', async () => {
    const marker = helper('marker', `require('node:fs').writeFileSync('${folder}/started', '');`);
    expect(await start(PATIENT, marker).look([])).toEqual(new Map());
    await new Promise(resolve => setTimeout(resolve, 500));
    expect(fs.existsSync(`${folder}/started`)).toBe(false);
  });
});

test('a program that has looked ends by itself, and its helper with it', async () => {
  const program = `${folder}/looker.mjs`;
  fs.writeFileSync(
    program,
    `import { createOutside } from ${JSON.stringify(`${SOURCES}/outside.ts`)};
     const outside = createOutside({ helper: ${JSON.stringify(`${SOURCES}/outsideHelper.ts`)} });
      console.log((await outside.look(['/'])).get('/'));`,
  );
  const { stdout } = await promisify(execFile)(process.execPath, [program], { timeout: 15_000 });
  expect(stdout).toBe('folder\n');
});

describe('a mount that hangs', () => {
  const mount = (mountPoint: string, type: string): Filesystem => ({
    ...{ type, mountPoint, options: '', isNetwork: type === 'nfs' },
  });
  const seen: string[] = [];
  const answers = createAnswers({
    mounts: () => [
      mount('/', 'ext4'),
      mount('/nas', 'nfs'),
      mount('/late', 'nfs'),
      mount('/net', 'autofs'),
    ],
    look: (file, answer) => {
      seen.push(file);
      if (file.startsWith('/nas') || file.startsWith('/late/')) return;
      setImmediate(() => answer(sights[file] ?? 'missing'));
    },
  });
  const sights: Readonly<Record<string, Sight>> = {
    ...{ '/home': 'folder', '/home/ada': 'folder', '/home/nas': { linkTo: '/nas/ada' } },
    ...{ '/net': 'folder', '/late': 'folder', '/home/secret': 'unknown' },
  };

  test('holds up only the paths that lead to it, with one look', async () => {
    const told: Record<string, string> = {};
    const paths = ['/nas/a', '/nas/b', '/home/nas/c', '/home/ada', '/home/gone', '/home/secret/x'];
    answers.ask(paths, (state, at) => void (told[paths[at] ?? ''] = state));
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(told).toEqual({
      '/home/ada': 'folder',
      '/home/gone': 'missing',
      '/home/secret/x': 'unknown',
    });
    expect(seen.filter(file => file.startsWith('/nas'))).toEqual(['/nas']);
    expect(seen.filter(file => file === '/home')).toHaveLength(1);
  });

  test('after its root has answered, keeps a few threads and not all of them', async () => {
    const paths = Array.from({ length: 100 }, (_, index) => `/late/${String(index)}`);
    answers.ask(paths, () => undefined);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(seen.filter(file => file.startsWith('/late/'))).toHaveLength(8);
  });

  test('and an automounter that finds nothing has not said that there is nothing', async () => {
    const state = await new Promise(resolve => answers.ask(['/net/nas/project'], resolve));
    expect(state).toBe('unknown');
  });

  test('for real, in the kernel, costs a second', async context => {
    const isRoot = process.getuid?.() === 0;
    const namespaces = [...(isRoot ? [] : ['--user', '--map-root-user']), '--mount'];
    const canHang =
      process.platform === 'linux' &&
      canOpen('/dev/fuse') &&
      spawnSync('unshare', [...namespaces, 'true']).status === 0;
    context.skip(!canHang, 'needs /dev/fuse and a mount namespace');
    fs.mkdirSync(`${folder}/hung`);
    fs.symlinkSync('hung/inside', `${folder}/into`);
    fs.rmSync(`${folder}/link`);
    fs.renameSync(`${folder}/into`, `${folder}/link`);
    const program = path.join(import.meta.dirname, 'hungMount.ts');
    const { stdout } = spawnSync(
      'unshare',
      [...namespaces, process.execPath, program, 'mount', folder],
      { encoding: 'utf8', timeout: 60_000 },
    );
    const [json = '', end] = stdout.split('\n');
    const said = JSON.parse(json) as Record<string, unknown>;
    expect(said['states']).toEqual(['unknown', 'unknown', 'unknown', 'file', 'missing', 'folder']);
    expect(said['again']).toEqual(['file']);
    expect(said['lookMs']).toBeGreaterThan(990);
    expect(said['lookMs']).toBeLessThan(3000);
    // The helper could not even be killed, and nobody waited for it.
    expect(said['stuck']).toContain('D');
    // A helper whose parent is gone ends, though it hangs: what is left of it waits for the kernel.
    expect(said['orphan']).toBe('Z');
    // Who holds files of a home that hangs, and what is remembered beside it, costs seconds at most.
    expect(said).toMatchObject({ holders: true, remembered: ['text', null] });
    expect(said['restMs']).toBeLessThan(8000);
    expect(end).toBe('the end');
  });
});

function canOpen(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
