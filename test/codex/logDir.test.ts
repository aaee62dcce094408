// `log_dir` of config.toml and the real Codex: where each release keeps the database of its log, that a scan looks
// for it there, also while it is written, and that one which a repair lets Codex make goes again when it is undone.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Choice } from '../../src/engine/engine.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { deleteRow } from '../support/codex/breakages/breakage.ts';
import { removeDatabase } from '../support/codex/databases.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

const ALL: Choice = { findings: 'all', cure: null };

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each([
  ['0.142.0', 'legacy', 'beside'],
  ['0.160.0', 'paginated', 'beside'],
  ['0.169.0', 'paginated', 'apart'],
] as const)('Codex %s, %s history: its log is %s', async (version, mode, where) => {
  await withWorkingHome(version, mode, async ({ codex, home: { folder, ...home } }) => {
    // What is relative begins in the home, wherever Codex is started.
    const config = path.join(folder, 'config.toml');
    fs.writeFileSync(config, `log_dir = "../my logs"\n${fs.readFileSync(config, 'utf8')}`);
    const beside = path.join(folder, 'logs_2.sqlite');
    const apart = path.join(folder, '..', 'my logs', 'logs_2.sqlite');
    const [log, other] = where === 'beside' ? [beside, apart] : [apart, beside];
    removeDatabase(beside);
    deleteRow({ ...home, folder }, 'A');

    const { scan, repairs } = workOn(world, folder, codex);
    const report = await scan();
    const plan = await repairs.plan(report, ALL);
    expect(plan.units.map(({ says }) => says).join(' ')).toContain('logs_2.sqlite');
    const consent = { choice: ALL, sha: plan.sha, vault: null };
    const { receipt } = await repairs.apply(report, scan, consent);
    expect([receipt.failed, receipt.unplanned]).toEqual([[], []]);
    expect([fs.existsSync(log), fs.existsSync(other)]).toEqual([true, false]);
    const healed = await scan();
    const logs = healed.snapshot.databases.filter(({ family }) => family === 'logs');
    expect(logs.map(({ file, trouble }) => [file, trouble])).toEqual([[log, null]]);
    expect(healed.findings).toEqual([]);
    expect((await repairs.undo(await scan(), null, null)).left).toEqual([]);
    expect([fs.existsSync(log), fs.existsSync(other)]).toEqual([false, false]);

    const server = await startAppServer(codex, folder);
    const [holder] = (await scan()).snapshot.holders;
    await server.kill();
    expect(holder?.files).toContain(log);
  });
});
