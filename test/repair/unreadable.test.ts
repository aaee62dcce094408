// What cannot be read for a moment is not taken for empty: neither what was written down of earlier
// repairs, nor the home around a Codex that is asked.

import { expect, test } from 'vitest';
import { observeFiles } from '../../src/engine/repair/observe.ts';
import { apply } from '../../src/engine/repair/apply.ts';
import { recover } from '../../src/engine/repair/undo.ts';
import { stateOf, Vault } from '../../src/engine/repair/vault.ts';
import type { Files, Soon, World } from '../../src/engine/world.ts';
import { HOME } from '../support/home.ts';
import { createBench, planOf, SPECIMENS, type Bench } from './specimens.ts';

const TROUBLE = { ok: false, trouble: { code: 'broken', why: 'input/output error' } } as const;

/** The same machine, on which these files cannot be read just now. */
function troubled(world: World, isTroubled: (file: string) => boolean): World {
  const { files } = world;
  const guarded =
    <A extends unknown[], R>(ask: (file: string, ...rest: A) => Soon<R>) =>
    async (file: string, ...rest: A): Promise<R> =>
      isTroubled(file) ? (TROUBLE as R) : ask(file, ...rest);
  const some: Partial<Files> = {
    whole: guarded(files.whole.bind(files)),
    ends: guarded(files.ends.bind(files)),
    list: guarded(files.list.bind(files)),
    stat: guarded(files.stat.bind(files)),
  };
  return { ...world, files: { ...files, ...some } };
}

test.each(['journal.jsonl', 'plan.json'])(
  'a repair whose %s cannot be read is not taken for one that was stopped, or for none',
  async name => {
    const bench = createBench();
    await repaired(bench);
    const world = troubled(bench.built.world, file => file.endsWith(name));
    const vault = new Vault(world, bench.memory.hands, bench.site.vault.folder);
    await expect(recover({ ...bench.site, world, vault })).rejects.toThrow(/cannot be read/);
    expect((await bench.site.vault.repairs()).map(stateOf)).toEqual(['applied']);
  },
);

test.each([HOME, `${HOME}/state_5.sqlite`])(
  'databases that are there are not taken for made by Codex while %s cannot be looked at',
  async place => {
    const { built } = createBench();
    const world = troubled(built.world, file => file === place);
    await expect(observeFiles(world, HOME, HOME)).rejects.toThrow(/cannot be read/);
    expect(await observeFiles(built.world, HOME, HOME)).toHaveProperty(`${HOME}/state_5.sqlite`);
  },
);

async function repaired(bench: Bench): Promise<void> {
  const step = SPECIMENS['rows: change']?.(bench);
  if (step === undefined) throw new Error('there is no such specimen');
  const { failed } = await apply(bench.site, planOf([step]), null, () => undefined);
  expect(failed).toEqual([]);
}
