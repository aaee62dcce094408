// A home that was copied while the original is still there: its rows lead to the original's files. The real
// Codex lists and opens them, and writes there; once the rows lead to the copy's own files, it writes in the copy.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { withServer } from '../support/codex/appServer.ts';
import { takeTurn } from '../support/codex/askThreads.ts';
import { expectChosen, onCopy } from '../support/codex/choosing.ts';
import { compare } from '../support/codex/comparing.ts';
import { homeKinds, type CodexHome, type ThreadName } from '../support/codex/makeHome.ts';
import { askOracle } from '../support/codex/oracle.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { createPredictor, type Predictor } from '../support/codex/predicting.ts';
import { findRollout, rolloutFiles } from '../support/codex/rollouts.ts';
import { withWorkingHome, type WorkingHome } from '../support/codex/workingHome.ts';

let world: NodeWorld;
let predictor: Predictor;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
  predictor = createPredictor(inject('programs'));
});
afterAll(async () => {
  await world.close();
  await predictor.close();
});

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test('what is written in a copy goes to the original, until the copy leads to its own', async () => {
    await withWorkingHome(version, mode, async bench => {
      const original = bench.home;
      const copy = copyOf(original);
      const inCopy = { ...bench, home: copy };
      const untouched = sizesIn(copy);
      const before = sizesIn(original);
      expect(await takeTurn(bench.codex, copy, 'A', 'for which of the two?')).toBe('completed');
      expect(sizesIn(copy)).toEqual(untouched);
      expect(sizesIn(original)['A']).toBeGreaterThan(before['A'] ?? Infinity);
      expect(await archiving(inCopy, 'B')).toContain('must be in sessions directory');
      const { findings } = await workOn(world, copy.folder, bench.codex).scan();
      expect(findings.filter(({ severity }) => severity !== 'note')).toMatchObject([
        { check: 'thread-file-elsewhere', facts: { other: original.folder, threads: 6 } },
      ]);
      expect(findings[0]?.facts['longer']).toBeGreaterThan(0);

      await expectRefusedWhileOpen(inCopy);
      const written = sizesIn(original);
      await expectChosen(world, inCopy, 'thread-file-elsewhere', 'rebind', () =>
        onCopy(copy, async () => {
          expect(await takeTurn(bench.codex, copy, 'A', 'for this one')).toBe('completed');
          expect(sizesIn(copy)['A']).toBeGreaterThan(untouched['A'] ?? Infinity);
          expect(await archiving(inCopy, 'B')).toBe('');
        }),
      );
      expect(sizesIn(original)).toEqual(written);
    });
  });

  test('it is foretold what Codex makes of the files over there, sound ones and ruined ones', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const copy = copyOf(home);
      const fileOf = (name: ThreadName) => findRollout(home.folder, home.ids[name]) ?? '';
      fs.writeFileSync(fileOf('A'), '');
      fs.copyFileSync(fileOf('C'), fileOf('B'));
      const { visibility } = await predictor.scan(copy.folder, version);
      const { wrong, unknown } = compare(visibility, await askOracle(codex, copy), copy);
      expect([wrong, unknown]).toEqual([[], []]);
    });
  });

  test('ways around to the very same files are none of another home', async () => {
    await withWorkingHome(version, mode, async ({ codex, home }) => {
      const copy = copyOf(home);
      for (const place of ['sessions', 'archived_sessions']) {
        fs.rmSync(path.join(copy.folder, place), { recursive: true });
        fs.symlinkSync(path.join(home.folder, place), path.join(copy.folder, place));
      }
      const linked = await workOn(world, copy.folder, codex).scan();
      expect(linked.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);

      for (const place of ['sessions', 'archived_sessions'])
        fs.rmSync(path.join(copy.folder, place));
      for (const file of rolloutFiles(home.folder)) {
        const second = path.join(copy.folder, path.relative(home.folder, file));
        fs.mkdirSync(path.dirname(second), { recursive: true });
        fs.linkSync(file, second);
      }
      const named = await workOn(world, copy.folder, codex).scan();
      expect(named.snapshot.rollouts).toHaveLength(6);
      expect(named.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    });
  });
});

/** A Codex that has a conversation open leads its row back to the original with the next turn. */
async function expectRefusedWhileOpen({ codex, home }: WorkingHome): Promise<void> {
  await withServer(codex, home.folder, async server => {
    await server.call('thread/resume', { threadId: home.ids.A });
    const { scan, repairs } = workOn(world, home.folder, codex);
    const report = await scan();
    const found = report.findings.filter(({ check }) => check === 'thread-file-elsewhere');
    const choice = { findings: found.map(({ id }) => id), cure: 'rebind' };
    const { sha } = await repairs.plan(report, choice);
    await expect(repairs.apply(report, scan, { choice, sha, vault: null })).rejects.toThrow(
      'This can only be done while no Codex has the files open',
    );
  });
}

function copyOf(home: CodexHome): CodexHome {
  const folder = `${home.folder}-copy`;
  fs.cpSync(home.folder, folder, { recursive: true, preserveTimestamps: true });
  return { ...home, folder };
}

function sizesIn({ folder, ids }: CodexHome): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(ids).map(([name, id]) => [
      name,
      fs.statSync(findRollout(folder, id) ?? '').size,
    ]),
  );
}

/** Empty when Codex archives it; else why it does not. */
async function archiving({ codex, home }: WorkingHome, name: ThreadName): Promise<string> {
  return withServer(codex, home.folder, async server => {
    const answer = await server.ask('thread/archive', { threadId: home.ids[name] });
    return 'error' in answer ? answer.error.message : '';
  });
}
