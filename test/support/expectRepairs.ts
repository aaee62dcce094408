// A home on which a check is tried, and that can be repaired without a Codex, is repaired and taken
// back: what is healed is no longer found, nothing else is found instead, and undo leaves exactly the
// home that was there.

import { expect } from 'vitest';
import { createEngine, createRepairs, type Choice } from '../../src/engine/engine.ts';
import type { Report } from '../../src/engine/model/report.ts';
import type { World } from '../../src/engine/world.ts';
import { HOME, type HomeBuilder } from './home.ts';
import { createMemoryHands } from './memoryHands.ts';
import { differences, pictureOf } from './pictures.ts';

/** Of a thread whose file or row cannot be read nothing else is said, until it can be. */
const HIDES_THE_REST = new Set([
  ...['rollout-header-bad', 'rollout-misnamed', 'rollout-id-mismatch', 'row-undecodable'],
]);

/** When all places name one provider, and it is not the current one, that is what is so. */
const AGREED = 'provider-hides-threads';

/** Repairs everything that can be repaired without a Codex; says which findings were healed. */
export async function expectRepairs(
  builder: HomeBuilder,
  full = false,
): Promise<readonly string[]> {
  const bench = benchOf(builder, full);
  const before = await bench.scan();
  if (!canBeRepaired(before)) return [];
  const { findings } = (await repair(bench, before, { findings: curable(before), cure: null })) ?? {
    findings: [],
  };
  return findings;
}

export interface Cured {
  readonly refused: readonly string[];
  /** What became of the files that were changed: as text, by their paths. */
  readonly changed: Readonly<Record<string, string>>;
  readonly findings: readonly string[];
}

/** The same for one cure of what a check finds, as a person chooses it; null when nothing is planned. */
export async function cured(
  builder: HomeBuilder,
  check: string,
  cure: string | null,
): Promise<Cured | null> {
  const bench = benchOf(builder, false);
  const before = await bench.scan();
  const found = before.findings.filter(one => one.check === check).map(({ id }) => id);
  expect(found).not.toEqual([]);
  return repair(bench, before, { findings: found, cure });
}

function benchOf(builder: HomeBuilder, full: boolean) {
  const { world, files } = builder.build();
  const repairs = createRepairs(world, createMemoryHands(files).hands);
  return { files, repairs, scan: scanning(world, full) };
}

async function repair(
  { files, repairs, scan }: ReturnType<typeof benchOf>,
  before: Report,
  choice: Choice,
): Promise<Cured | null> {
  const plan = await repairs.plan(before, choice);
  if (plan.units.length === 0) return null;
  const picture = pictureOf(files);
  const { receipt, after } = await repairs.apply(before, scan, {
    choice,
    sha: plan.sha,
    vault: null,
  });
  expect(receipt.failed).toEqual([]);
  const known = new Set(before.findings.map(({ id }) => id));
  const uncovered = new Set(
    before.findings
      .filter(({ check }) => HIDES_THE_REST.has(check))
      .flatMap(({ threads }) => threads),
  );
  const isNew = ({ id, check, threads }: Report['findings'][number]) =>
    !known.has(id) && check !== AGREED && !threads.every(thread => uncovered.has(thread));
  expect(after.findings.filter(isNew).map(({ id }) => id)).toEqual([]);
  // What is still found under its name is another matter, which was hidden by what is healed.
  const factsOf = ({ findings }: Report, id: string) =>
    JSON.stringify(findings.find(finding => finding.id === id)?.facts);
  const isStill = (id: string) => factsOf(after, id) === factsOf(before, id);
  expect(receipt.findings.filter(isStill)).toEqual([]);
  const changed = Object.fromEntries(
    differences(pictureOf(files), picture).flatMap(file => {
      const bytes = files.get(file)?.bytes;
      return bytes === undefined ? [] : [[file, Buffer.from(bytes).toString()]];
    }),
  );
  const { left } = await repairs.undo(await scan(), null, null);
  expect(left).toEqual([]);
  expect(differences(pictureOf(files), picture)).toEqual([]);
  const { findings } = receipt;
  return { findings, changed, refused: plan.refused.map(({ why }) => why) };
}

function scanning(world: World, full: boolean): () => Promise<Report> {
  // What an earlier scan learnt of a file is held against its time, which repairs keep.
  const memory = { recall: () => Promise.resolve(null), remember: () => Promise.resolve() };
  const engine = createEngine({ ...world, memory });
  return () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full });
}

/** Also what a person has to choose; but nothing for which Codex has to be started. */
function curable({ findings }: Report): readonly string[] {
  return findings
    .filter(({ cures }) => cures[0]?.needs.includes('codex-started') === false)
    .map(({ id }) => id);
}

/** A home that repairs refuse as a whole. */
function canBeRepaired({ snapshot }: Report): boolean {
  const { home, otherStates, holders, gaps, state } = snapshot;
  const isShared = [home.filesystem, state?.database.filesystem].some(one => one?.isNetwork);
  return otherStates.length === 0 && holders.length === 0 && gaps.length === 0 && !isShared;
}
