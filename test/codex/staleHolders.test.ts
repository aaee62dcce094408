// A Codex that runs while another one finds the database damaged and makes a new one goes on with the old one,
// and nobody tells it.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { withWorkingHome } from '../support/codex/workingHome.ts';

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.concurrent.each([
  ['0.142.0', 'legacy'],
  ['0.169.0', 'paginated'],
] as const)('Codex %s holds the database that another one has moved aside', (version, mode) =>
  withWorkingHome(version, mode, async ({ codex, home }) => {
    const { scan } = workOn(world, home.folder, codex);
    const stale = async () =>
      (await scan()).findings
        .filter(({ check }) => check === 'wal-held-by-stale-process')
        .map(({ subject, says }) => `${subject.key}: ${says}`);
    const first = await startAppServer(codex, home.folder);
    try {
      await first.call('thread/resume', { threadId: home.ids.A });
      expect(await stale()).toEqual([]);
      spoil(path.join(home.folder, 'state_5.sqlite'));
      const second = await startAppServer(codex, home.folder);
      try {
        const moved = fs.readdirSync(path.join(home.folder, 'db-backups'));
        expect(moved).toEqual([expect.stringMatching(/^sqlite-\d+-0$/)]);
        const [said, ...others] = await stale();
        expect(others).toEqual([]);
        expect(said).toMatch(/^state_5\.sqlite: .*, which were moved aside: /);
        expect(said).toContain(`codex (process ${String(first.pid)}) has state_5.sqlite,`);
        await first.stop();
        expect(await stale()).toEqual([]);
      } finally {
        await second.kill();
      }
    } finally {
      await first.kill();
    }
  }),
);

/** Both the main file and what was written last, so that nothing of it can be read any more. */
function spoil(file: string): void {
  const opened = fs.openSync(file, 'r+');
  fs.writeSync(opened, Buffer.alloc(100, 'garbage '), 0, 100, 0);
  fs.closeSync(opened);
  fs.truncateSync(`${file}-wal`, 0);
}
