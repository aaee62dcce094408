// A rollout whose beginning was put right: Codex goes on in it, and the places that it has noted of the
// file are those at which its turns begin. It says nothing when they are not.

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { askThreads, projectionFaults, takeTurn } from '../support/codex/askThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { breakHome } from '../support/codex/breakages.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { copyHome, homeKinds, makeHome, useProviderPort } from '../support/codex/makeHome.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';

const BEGINNINGS = ['bom-first', 'garbage-first', 'meta-line-removed', 'meta-missing-cwd'];

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

describe.each(homeKinds)('Codex %s, %s history', (version, mode) => {
  test.each(BEGINNINGS)('%s', async breakage => {
    const codex = await installCodex(version);
    const sound = await makeHome(version, mode);
    const provider = await startMockProvider();
    try {
      await withScratchFolder(async root => {
        const home = copyHome(sound, path.join(root, 'home'));
        useProviderPort(home, provider.port);
        const well = (await askThreads(codex, home))['A'];
        expect(breakHome(home, breakage)).toBe(true);
        const { scan, repairs } = workOn(world, home.folder, codex);
        const report = await scan();
        const choice = { findings: 'all', cure: null } as const;
        const { sha } = await repairs.plan(report, choice);
        const consent = { choice, sha, vault: null };
        const applied = await repairs.apply(report, scan, consent);
        expect(applied.receipt.failed).toEqual([]);
        expect((await askThreads(codex, home))['A']).toEqual(well);
        expect(await takeTurn(codex, home, 'A', 'and then?')).toBe('completed');
        expect(projectionFaults(home)).toEqual([]);
      });
    } finally {
      await provider.close();
    }
  });
});
