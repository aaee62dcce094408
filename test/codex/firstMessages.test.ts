// What Codex keeps in its rows of what the person said first: all of it, however long it is. When the
// rows have lost it, or hold what no Codex can read, the repair writes exactly the same again.

import path from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { NodeWorld } from '../../src/node/world.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { findStateDatabase, withDatabase } from '../support/codex/databases.ts';
import {
  copyHome,
  homeKinds,
  makeHome,
  projectFolder,
  useProviderPort,
  type CodexHome,
} from '../support/codex/makeHome.ts';
import { startMockProvider } from '../support/codex/mockProvider.ts';
import { createOurWorld, workOn } from '../support/codex/ourWorld.ts';

/** The smallest picture that there is. */
const IMAGE = {
  type: 'image',
  url: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
};

/** What is said in each thread, turn by turn. */
const SAID: readonly (readonly (readonly object[])[])[] = [
  ...[100, 1000, 10_000, 200_000].map(length => [[textOf('a'.repeat(length))]]),
  ...['ü', '€', '😀', 'e\u0301'].map(letter => [[textOf(letter.repeat(9000))]]),
  ...['line\n\nother\r\nthird\n', '  \n\t between blanks \n '].map(text => [[textOf(text)]]),
  // What is a blank for Codex, and what is one for JavaScript, differ in these.
  ...['\u00a0\u0085\ufeffmarked\ufeff\u0085\u00a0', '\ufeff'].map(text => [[textOf(text)]]),
  [[textOf('# Open files\n## My request for Codex:\n one ## My request for Codex: two ')]],
  [[IMAGE]],
  [[IMAGE, textOf(' what is it? ')]],
  [[textOf('  '), IMAGE]],
  [[textOf(' one '), textOf(' two ')]],
  [[textOf('   ')], [textOf('after nothing')]],
];

function textOf(text: string) {
  return { type: 'text', text };
}

const ALL = { findings: 'all', cure: null } as const;

let world: NodeWorld;

beforeAll(() => {
  world = createOurWorld(inject('programs'));
});
afterAll(() => world.close());

test.each(homeKinds)('Codex %s, %s history', async (version, mode) => {
  const codex = await installCodex(version);
  const sound = await makeHome(version, mode);
  await withScratchFolder(async root => {
    const home = copyHome(sound, path.join(root, 'home'));
    const threads = await talk(codex, home);
    const kept = messagesIn(home);
    expect(threads.map(id => kept[id]?.['first_user_message'])).toEqual(SAID.map(expectedOf));
    for (const loss of [
      "title = '', preview = '', first_user_message = ''",
      "title = x'ff', preview = x'ff', first_user_message = x'ff'",
    ]) {
      withDatabase(findStateDatabase(home.folder) ?? '', database => {
        database.exec(`UPDATE threads SET ${loss} WHERE id <> '${home.ids.N}'`);
      });
      expect(messagesIn(home)).not.toEqual(kept);
      const { repairs, scan } = workOn(world, home.folder, codex);
      const report = await scan();
      const { sha } = await repairs.plan(report, ALL);
      const { receipt } = await repairs.apply(report, scan, { choice: ALL, sha, vault: null });
      expect(receipt.failed).toEqual([]);
      expect(messagesIn(home)).toEqual(kept);
    }
  });
});

/** What Codex is seen to keep: the text without blanks around it, and without what an editor put in front. */
function expectedOf(turns: (typeof SAID)[number]): string {
  const texts = turns.map(parts =>
    parts.map(part => ('text' in part ? String(part.text) : '')).join(''),
  );
  const asked = texts.map(text => text.replace(/^[^]*?## My request for Codex:/, ''));
  const [first] = asked.map(withoutBlanks).filter(text => text !== '');
  return first ?? '[Image]';
}

function withoutBlanks(text: string): string {
  return text.replace(/^\p{White_Space}+/u, '').replace(/\p{White_Space}+$/u, '');
}

/** Lets a person say all of it; gives the threads in which it is. */
async function talk(codex: string, home: CodexHome): Promise<readonly string[]> {
  const provider = await startMockProvider();
  try {
    useProviderPort(home, provider.port);
    const server = await startAppServer(codex, home.folder);
    const ids: string[] = [];
    for (const turns of SAID) {
      const request = { cwd: projectFolder('one'), historyMode: home.mode };
      const { thread } = (await server.call('thread/start', request)) as { thread: { id: string } };
      ids.push(thread.id);
      for (const parts of turns) expect(await server.runTurn(thread.id, parts)).toBe('completed');
    }
    await server.stop();
    return ids;
  } finally {
    await provider.close();
  }
}

type Messages = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function messagesIn({ folder }: CodexHome): Messages {
  return withDatabase(findStateDatabase(folder) ?? '', database => {
    const rows = database
      .prepare('SELECT id, title, preview, first_user_message FROM threads')
      .all();
    return Object.fromEntries(rows.map(row => [String(row['id']), { ...row }]));
  });
}
