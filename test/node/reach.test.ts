import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PathState } from '../../src/engine/model/snapshot.ts';
import { createFiles } from '../../src/node/files.ts';
import { createReach } from '../../src/node/reach.ts';

let folder: string;
let asked: string[] = [];

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'reach-')));
  asked = [];
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

const start = (state: PathState) =>
  createReach(
    {
      look: paths => {
        asked.push(...paths);
        return Promise.resolve(new Map(paths.map(file => [file, state])));
      },
    },
    createFiles(),
  );

describe.runIf(process.platform === 'linux')('real paths', () => {
  test('on local disks are found without asking, also of what does not exist', async () => {
    fs.mkdirSync(`${folder}/a`);
    fs.symlinkSync('a', `${folder}/link`);
    const given = [`${folder}/link`, `${folder}/link/b/c`, `${folder}/gone`];
    const found = await start('unknown').realPaths(given);
    expect(found.map(({ given: as, real, answers }) => [as, real, answers])).toEqual([
      [given[0], `${folder}/a`, true],
      [given[1], `${folder}/a/b/c`, true],
      [given[2], `${folder}/gone`, true],
    ]);
    expect(asked).toEqual([]);
  });

  // The kernel's own file systems are local and no more; only a real mount would be in the table.
  test('where there is no table of mounts are asked about, and silence is remembered', async () => {
    const mounts = vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
      throw new Error('no table');
    });
    const silent = start('unknown');
    const [one] = await silent.realPaths([folder]);
    const [again] = await silent.realPaths([folder]);
    fs.symlinkSync('.', `${folder}/link`);
    const [answered] = await start('folder').realPaths([`${folder}/link`]);
    mounts.mockRestore();
    expect([one?.answers, again?.answers]).toEqual([false, false]);
    expect(asked).toEqual([folder, `${folder}/link`]);
    expect(answered).toMatchObject({ real: folder, answers: true });
  });
});
