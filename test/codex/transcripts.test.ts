// What the real Codex wrote down about a conversation, as our transcript tells it.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Transcript } from '../../src/engine/model/transcript.ts';
import type { NodeWorld } from '../../src/node/world.ts';
import { revertNewestTurn, takeTurn } from '../support/codex/askThreads.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { copyHome, makeHome, useProviderPort, type CodexHome } from '../support/codex/makeHome.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';

const FORGOTTEN = 'a turn that shall be forgotten';
const REMEMBERED = 'a turn that comes after it';
let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

/** Every part of what was said in thread A, the oldest first. */
async function partsOf(home: CodexHome, codex: string): Promise<readonly Transcript[]> {
  const { engine, scan } = workOn(world, home.folder, codex);
  const report = await scan();
  const newest = await engine.transcript(report, home.ids.A, null);
  const parts: Transcript[] = [];
  for (let part = 1; part <= (newest?.parts ?? 0); part += 1) {
    const read = await engine.transcript(report, home.ids.A, part);
    if (read !== null) parts.push(read);
  }
  return parts;
}

/** What people and models said, and what Codex did with it. */
function heard(parts: readonly Transcript[]): readonly string[] {
  return parts
    .flatMap(({ entries }) => entries)
    .filter(({ kind }) => kind === 'person' || kind === 'model' || kind === 'note')
    .map(({ kind, text }) => `${kind}: ${text}`);
}

async function inCopy(
  version: string,
  mode: 'legacy' | 'paginated',
  action: (home: CodexHome, codex: string) => Promise<void>,
): Promise<void> {
  const sound = await makeHome(version, mode);
  const codex = await installCodex(version);
  const provider = await startMockProvider();
  try {
    await withScratchFolder(async root => {
      const home = copyHome(sound, path.join(root, 'home'));
      useProviderPort(home, provider.port);
      await action(home, codex);
    });
  } finally {
    await provider.close();
  }
}

test.each([
  ['0.142.0', 'legacy'],
  ['0.160.0', 'paginated'],
  ['0.169.0', 'paginated'],
] as const)('each message of Codex %s (%s) is told once, and no line is unknown', (version, mode) =>
  inCopy(version, mode, async (home, codex) => {
    await takeTurn(codex, home, 'A', REMEMBERED);
    const parts = await partsOf(home, codex);
    const said = heard(parts);
    expect(said.filter(text => text === `person: ${REMEMBERED}`)).toHaveLength(1);
    const [person, model] = ['person: ', 'model: '].map(
      who => said.filter(text => text.startsWith(who)).length,
    );
    expect(person).toBe(model);
    expect(parts.flatMap(({ unknown }) => unknown)).toEqual([]);
  }),
);

test.each(['0.160.0', '0.169.0'])('a thread that Codex %s reverted, and that goes on', version =>
  inCopy(version, 'paginated', async (home, codex) => {
    await takeTurn(codex, home, 'A', FORGOTTEN);
    await revertNewestTurn(codex, home, 'A');
    await takeTurn(codex, home, 'A', REMEMBERED);
    const said = heard(await partsOf(home, codex));
    const border = said.findIndex(text => text.includes('was taken back'));
    expect(border).toBeGreaterThan(0);
    expect(said[border + 1]).toBe(`person: ${FORGOTTEN}`);
    expect(said.indexOf(`person: ${REMEMBERED}`)).toBeGreaterThan(border);
    expect(said.slice(0, border)).not.toContain(`person: ${FORGOTTEN}`);
  }),
);
