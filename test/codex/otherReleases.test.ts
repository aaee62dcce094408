// Homes that one release has written and another one reads, as after an update, or where an editor brings an
// older Codex than the terminal has; broken in one or two random ways. What is predicted is what the reading
// release answers, before and after the repair, and the repair is taken back exactly.
//
// CASES is their number, SEED makes them the same again.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Report } from '../../src/engine/model/report.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakages, breakHome } from '../support/codex/breakages.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { compare } from '../support/codex/comparing.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { inParallel } from '../support/codex/inParallel.ts';
import type { CodexHome } from '../support/codex/makeHome.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { recordedVersions, unpackRecordedHome } from '../support/codex/recordedHomes.ts';
import { chanceOf } from '../support/chance.ts';

const LANES = 2;
const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const CASES = Number(process.env['CASES'] ?? 24);
const READERS = ['0.142.0', '0.150.0', '0.160.0', '0.169.0'];
const ALL = { findings: 'all', cure: null } as const;

let world: NodeWorld;
let predictor: Predictor;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
  predictor = createPredictor(inject('programs'));
});
afterAll(async () => {
  await predictor.close();
  await world.close();
});

test(`random homes, readers and breakages, seed ${String(SEED)}`, async () => {
  const random = chanceOf(SEED);
  const draws = Array.from({ length: CASES }, () => draw(random));
  const wrong: string[] = [];
  await inParallel(LANES, draws, async one => {
    const said = await withScratchFolder(root => tryOut(one, root));
    const { maker, reader, names } = one;
    wrong.push(...said.map(line => `${maker} read by ${reader}, ${names.join(' + ')}: ${line}`));
  });
  expect(wrong).toEqual([]);
});

interface Draw {
  readonly maker: string;
  readonly reader: string;
  readonly names: readonly string[];
}

function draw(random: () => number): Draw {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const first = pick(breakages).name;
  const second = pick(breakages.filter(({ name }) => name !== first)).name;
  const names = random() < 0.5 ? [first] : [first, second];
  return { maker: pick(recordedVersions()), reader: pick(READERS), names };
}

/** What was otherwise than it should be; nothing where these breakages have nothing to break. */
async function tryOut({ maker, reader, names }: Draw, root: string): Promise<readonly string[]> {
  const place = path.join(root, 'ada');
  mkdirSync(place);
  const home = unpackRecordedHome(maker, place);
  if (!breakHome(home, ...names)) return [];
  const before = await foreseenWrongly(home, reader);
  return [...before, ...(await repairAndUndo(home, reader))];
}

async function foreseenWrongly(home: CodexHome, reader: string): Promise<readonly string[]> {
  const { visibility } = await predictor.scan(home.folder, reader);
  return compare(visibility, await askOracle(await installCodex(reader), home), home).wrong;
}

async function repairAndUndo(home: CodexHome, reader: string): Promise<readonly string[]> {
  const broken = homePicture(home.folder);
  const { repairs, scan } = workOn(world, home.folder, await installCodex(reader));
  const report = await scan();
  const { units, sha } = await repairs.plan(report, ALL);
  if (units.length === 0) return [];
  const { receipt } = await repairs.apply(report, scan, { choice: ALL, sha, vault: null });
  const repaired = await foreseenWrongly(home, reader);
  const { left } = await repairs.undo(await scan(), null, null);
  return [
    ...receipt.failed.map(({ what, why }) => `failed ${what}: ${why}`),
    ...repaired.map(line => `after the repair: ${line}`),
    ...left.map(({ what, why }) => `not undone: ${what}: ${why}`),
    ...pictureDifferences(broken, homePicture(home.folder)).map(name => `not undone: ${name}`),
    ...(idsIn(report) === idsIn(await scan()) ? [] : ['found other things after undo']),
  ];
}

function idsIn({ findings }: Report): string {
  return findings.map(({ id }) => id).join();
}
