// Two repairs that would meet keep each other off, whatever they were told about where backups are kept.

import { describe, expect, test } from 'vitest';
import type { Hands } from '../../src/engine/hands.ts';
import { alone, aloneAmongBackups } from '../../src/engine/repair/alone.ts';
import type { Site } from '../../src/engine/repair/site.ts';
import { Vault } from '../../src/engine/repair/vault.ts';
import type { World } from '../../src/engine/world.ts';
import { home, HOME } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';

const OTHER = '/home/ada/other';
const LINK = '/home/ada/link';
const SHARED = '/home/ada/databases';
const may = () => undefined;

/** A machine with two homes; `made` are the folders that somebody had made. */
function machine(also: (world: World) => Partial<World['files']> = () => ({})) {
  const { world: built, files } = home().thread('t1').build();
  for (const folder of [OTHER, SHARED])
    files.set(`${folder}/state_5.sqlite`, { bytes: new Uint8Array(), modifiedMs: 0 });
  const made: string[] = [];
  const memory = createMemoryHands(files);
  const hands: Hands = {
    ...memory.hands,
    makeFolder: folder => Promise.resolve(void made.push(folder)),
    // A lock is on the file itself, whatever way led to it.
    lock: file => memory.hands.lock(file.replace(LINK, HOME)),
  };
  const world = { ...built, files: { ...built.files, ...also(built) } };
  const siteOf = (path: string, sqliteHome: string, vault: string): Site => ({
    ...{ world, hands, home: { path, sqliteHome } },
    vault: new Vault(world, hands, vault),
  });
  return { siteOf, made };
}

/** Says what came of a second one that began while the first was at work. */
async function second(first: Site, begin: () => Promise<string>): Promise<string> {
  return alone(first, may, begin).catch((error: unknown) => String(error));
}

const own = `${HOME}/session-health`;

describe('while a repair is under way, another one is refused', () => {
  test.each([
    ['of the same home with the same backups', HOME, HOME, own, 'repairing this home'],
    ['of the same home with backups elsewhere', HOME, HOME, '/mnt/b', 'repairing this home'],
    [
      'of another home that has the same databases',
      OTHER,
      HOME,
      '/mnt/b',
      'repairing a home that has the same databases',
    ],
    [
      'of another home that keeps its backups in the same folder',
      OTHER,
      OTHER,
      own,
      `writing among the backups in ${own}`,
    ],
  ])('%s', async (_, path, sqliteHome, vault, says) => {
    const { siteOf } = machine();
    const other = siteOf(path, sqliteHome, vault);
    const begin = () => alone(other, may, () => Promise.resolve('it began'));
    const said = await second(siteOf(HOME, HOME, own), begin);
    expect(said).toContain(`Another codex-health is ${says} just now.`);
    expect(await begin()).toBe('it began');
  });

  test('two homes that share the place of their databases keep each other off', async () => {
    const { siteOf } = machine();
    const other = siteOf(OTHER, SHARED, '/mnt/b');
    const begin = () => alone(other, may, () => Promise.resolve('it began'));
    expect(await second(siteOf(HOME, SHARED, '/mnt/a'), begin)).toContain('the same databases');
  });

  test('of a home that it does not meet, it is not', async () => {
    const { siteOf } = machine();
    const other = siteOf(OTHER, OTHER, '/mnt/b');
    const begin = () => alone(other, may, () => Promise.resolve('it began'));
    expect(await second(siteOf(HOME, HOME, own), begin)).toBe('it began');
  });

  test('old backups are dropped only where it does not keep its own', async () => {
    const { siteOf, made } = machine();
    const pruning = (vault: string) =>
      second(siteOf(HOME, HOME, '/mnt/a'), () =>
        aloneAmongBackups(siteOf(HOME, HOME, vault), () => Promise.resolve('it began')),
      );
    expect(await pruning('/mnt/a')).toContain('writing among the backups in /mnt/a');
    made.length = 0;
    expect(await pruning('/mnt/b')).toBe('it began');
    expect(made).toEqual([own, '/mnt/a', '/mnt/b'].toSpliced(1, 0, own));
  });
});

test('one that could not begin holds nothing back', async () => {
  const { siteOf } = machine();
  const [first, other] = [siteOf(HOME, HOME, '/mnt/a'), siteOf(OTHER, OTHER, '/mnt/a')];
  const begin = () => alone(other, may, () => Promise.resolve('it began'));
  expect(await second(first, begin)).toContain('among the backups');
  const third = siteOf(OTHER, OTHER, '/mnt/c');
  expect(await alone(third, may, () => Promise.resolve('it began'))).toBe('it began');
});

test('places that are one by a link are held once', async () => {
  const { siteOf } = machine(({ files }) => ({
    realPath: file => files.realPath(file.replace(LINK, HOME)),
  }));
  const linked = siteOf(HOME, LINK, `${LINK}/session-health`);
  expect(await alone(linked, may, () => Promise.resolve('it began'))).toBe('it began');
  const begin = () => alone(siteOf(HOME, HOME, own), may, () => Promise.resolve('it began'));
  expect(await second(linked, begin)).toContain('repairing this home');
});

test('a place of databases that is not there is not made', async () => {
  const { siteOf, made } = machine();
  await alone(siteOf(HOME, '/mnt/not-mounted', own), may, () => Promise.resolve());
  expect(made.filter(folder => folder.startsWith('/mnt/'))).toEqual([]);
});

test('a place of databases that does not answer is not touched', async () => {
  const { siteOf, made } = machine(() => ({ mayHang: file => Promise.resolve(file === SHARED) }));
  const silent = siteOf(HOME, SHARED, own);
  const outside = { look: () => Promise.resolve(new Map([[SHARED, 'unknown'] as const])) };
  const site = { ...silent, world: { ...silent.world, outside } };
  await expect(alone(site, may, () => Promise.resolve())).rejects.toThrow('does not answer');
  expect(made).toEqual([]);
});
