import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { openEditor, type Editor } from './editor.ts';

const SHOP = '/home/ada/work/shop';
const THESIS = '/home/ada/work/thesis';

function twoProjects(): HomeBuilder {
  return home()
    .folder(SHOP)
    .folder(`${THESIS}/text`)
    .thread('shop', { cwd: SHOP, row: false })
    .thread('thesis', { cwd: `${THESIS}/text`, row: false });
}

function open(problems: 'all' | 'workspace' | 'off', folders: readonly string[] = []) {
  const settings = { home: HOME, problems };
  return openEditor(twoProjects().build().world, { settings, folders });
}

/** The documents with markers, by the thread's key. */
function marked({ markers }: Editor): readonly string[] {
  return ['shop', 'thesis'].filter(key => [...markers.keys()].some(uri => uri.includes(idOf(key))));
}

test('a marker carries the finding, the check and a page about it', async () => {
  const editor = await open('all');
  const [[uri, markers] = ['', []]] = editor.markers;
  expect(uri).toMatch(
    /^codex-health:\/\/[0-9a-f]+\/thread\/[0-9a-f-]{36}\/please%20do%20shop%20%28record%29$/,
  );
  const id = uri.split('/').at(-2) ?? '';
  expect(markers).toHaveLength(1);
  expect(markers[0]).toMatchObject({
    source: 'codex-health',
    code: 'thread-row-missing',
    severity: 2,
    data: { finding: `thread-row-missing:${id}` },
  });
  expect(markers[0]?.codeDescription?.href).toMatch(/docs\/checks\.md#thread-row-missing$/);
});

test('a marker stands on the line that is wrong', async () => {
  const editor = await open('all');
  for (const [uri, markers] of editor.markers) {
    const lines = (await editor.text(uri)).split('\n');
    const [{ start, end } = { start: null, end: null }] = markers.map(({ range }) => range);
    const line = lines[start?.line ?? 0] ?? '';
    expect(line.slice(0, start?.character)).toMatch(/^entry +$/);
    expect(line.slice(start?.character, end?.character)).toBe('none');
  }
});

test('a page that stands in a tab is marked, whatever the setting says, until it is closed', async () => {
  for (const problems of ['off', 'workspace'] as const) {
    const editor = await open(problems);
    const { hosts } = await editor.tree();
    const [{ uri, findings } = { uri: '', findings: [] }] = await editor.threads(`${THESIS}/text`);
    const tell = async (...uris: readonly unknown[]) => {
      await editor.tell('codexHealth/pages', { uris });
      // Answered after it, since messages keep their order and a scan is there.
      await editor.ask('codexHealth/refresh');
    };
    expect(hosts).toHaveLength(1);
    await tell(uri, 7, 'codex-health://elsewhere/thread/x', 'codex-health://');
    expect([...editor.markers.keys()]).toEqual([uri]);
    expect(editor.markers.get(uri)?.map(({ data }) => data as unknown)).toEqual(
      findings.map(({ id }) => ({ finding: id })),
    );
    await tell();
    expect(editor.markers.size).toBe(0);
  }
});

test('a record under an earlier title has its markers there, and nowhere else', async () => {
  const editor = await open('all');
  const [uri = '', other = ''] = [...editor.markers.keys()].sort();
  const said = JSON.stringify(editor.markers.get(uri));
  const earlier = uri.replace(/[^/]+$/, 'What%20it%20was%20called%20%28record%29');
  const tell = async (...uris: readonly string[]) => {
    await editor.tell('codexHealth/pages', { uris });
    await editor.ask('codexHealth/refresh');
    return [...editor.markers.keys()].sort();
  };
  expect(await tell(earlier)).toEqual([earlier, other].sort());
  expect(JSON.stringify(editor.markers.get(earlier))).toBe(said);
  // Whoever has both open sees it on both.
  expect(await tell(earlier, uri)).toEqual([earlier, uri, other].sort());
  expect(await tell()).toEqual([uri, other]);
});

test('a page that is marked anyway is not marked twice', async () => {
  const editor = await open('all');
  const before = JSON.stringify([...editor.markers]);
  await editor.tell('codexHealth/pages', { uris: [...editor.markers.keys()] });
  await editor.ask('codexHealth/refresh');
  expect(JSON.stringify([...editor.markers])).toBe(before);
});

test('all threads are marked, or those of the open folders, or none', async () => {
  expect(marked(await open('all'))).toEqual(['shop', 'thesis']);
  expect(marked(await open('workspace', [`file://${THESIS}`]))).toEqual(['thesis']);
  expect(marked(await open('workspace', ['file:///home/ada/work']))).toEqual(['shop', 'thesis']);
  expect(marked(await open('workspace', ['file:///home/ada/wo', 'vscode-vfs://hub/x']))).toEqual(
    [],
  );
  expect(marked(await open('workspace'))).toEqual([]);
  expect(marked(await open('off', [`file://${SHOP}`]))).toEqual([]);
});

test('markers follow the folders that are opened and closed', async () => {
  const editor = await open('workspace', [`file://${SHOP}`]);
  const changed = editor.nextChange();
  await editor.tell('workspace/didChangeWorkspaceFolders', {
    event: {
      added: [{ uri: `file://${THESIS}`, name: 'thesis' }],
      removed: [{ uri: `file://${SHOP}`, name: 'shop' }],
    },
  });
  await changed;
  expect(marked(editor)).toEqual(['thesis']);
});

test('the tree counts threads that have no marker', async () => {
  expect((await (await open('off')).tree()).threadsInTrouble).toBe(2);
});

test('of the home itself its errors are marked, and the rest where everything is', async () => {
  const builder = home().thread('one').config('model_provider = = "mock"\n');
  const markedIn = async (problems: 'all' | 'workspace', levels = {}) => {
    const settings = { home: HOME, problems, levels };
    const editor = await openEditor(builder.build().world, { settings });
    return [...editor.markers.keys()].filter(uri => uri.endsWith('config.toml')).length;
  };
  expect(await markedIn('workspace')).toBe(1);
  const quiet = { 'config-unreadable': 'warning' };
  expect(await markedIn('workspace', quiet)).toBe(0);
  expect(await markedIn('all', quiet)).toBe(1);
});

test('markers that have not changed are not sent again', async () => {
  const editor = await open('all');
  const before = [...editor.markers.values()];
  await editor.ask('codexHealth/refresh');
  expect([...editor.markers.values()]).toHaveLength(2);
  // The very same lists: nothing has come in their place.
  for (const [at, list] of [...editor.markers.values()].entries()) expect(list).toBe(before[at]);
});

test('an accepted finding is marked nowhere, and the tree counts it nowhere', async () => {
  const { world } = twoProjects().build();
  const engine = createEngine(world);
  const scan = () => engine.scan({ home: HOME, sqliteHome: null, codex: null, full: false });
  const report = await scan();
  await engine.accept(report, report.findings);
  const settings = { home: HOME, problems: 'all' as const };
  const editor = await openEditor(world, { settings });
  expect(editor.markers.size).toBe(0);
  expect((await editor.tree()).threadsInTrouble).toBe(0);
  expect((await editor.threads(SHOP)).flatMap(({ findings }) => findings)).toEqual([]);
});
