import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalFirst } from '../../src/node/localFirst.ts';

let folder: string;

beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'local-')));
  fs.mkdirSync(`${folder}/project/inner`, { recursive: true });
  fs.writeFileSync(`${folder}/file`, '');
  fs.symlinkSync('project/inner', `${folder}/link`);
  fs.symlinkSync('gone', `${folder}/dangling`);
  fs.symlinkSync('loop', `${folder}/loop`);
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

const NOBODY = createLocalFirst({ look: () => Promise.reject(new Error('somebody was asked')) });

test.runIf(process.platform !== 'win32')(
  'paths on a local disk are looked at without asking anybody',
  async () => {
    const names = [
      '/project',
      '/link',
      '/link/..',
      '/file',
      '/gone',
      '/file/x',
      '/dangling',
      '/loop',
    ];
    const states = await NOBODY.look(names.map(name => folder + name));
    expect(Object.fromEntries(names.map(name => [name, states.get(folder + name)]))).toEqual({
      ...{ '/project': 'folder', '/link': 'folder', '/link/..': 'folder', '/file': 'file' },
      ...{ '/gone': 'missing', '/file/x': 'missing', '/dangling': 'missing', '/loop': 'unknown' },
    });
  },
);

test('twenty thousand of them do not end in each other', async () => {
  const paths = Array.from({ length: 20_000 }, (_, at) => `${folder}/gone-${String(at)}/x`);
  const states = [...(await NOBODY.look(paths)).values()];
  expect([states.length, new Set(states)]).toEqual([20_000, new Set(['missing'])]);
});
