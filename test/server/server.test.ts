import { PassThrough } from 'node:stream';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { afterEach, expect, test, vi } from 'vitest';
import type { World } from '../../src/engine/world.ts';
import type { HealthTree } from '../../src/protocol/tree.ts';
import { createScans } from '../../src/server/scans.ts';
import { DEFAULT_SETTINGS, readSettings } from '../../src/server/settings.ts';
import type { Report } from '../../src/engine/model/report.ts';
import { home, HOME, idOf } from '../support/home.ts';
import { startServer } from '../../src/server/server.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { initialize, openEditor, speak } from './editor.ts';

const INVALID_REQUEST = -32600;

afterEach(() => vi.useRealTimers());

/** A world that becomes another one when a test says so. */
function changing(first: World): { readonly world: World; become(next: World): void } {
  let now = first;
  const world = new Proxy(first, { get: (_, name) => Reflect.get(now, name) as unknown });
  return { world, become: next => void (now = next) };
}

test('a refresh sees what has changed, and takes markers away', async () => {
  const broken = home().thread('one', { row: false }).build().world;
  const sound = home().thread('one').build().world;
  const { world, become } = changing(broken);
  const editor = await openEditor(world, { settings: { home: HOME, problems: 'all' } });
  expect(editor.markers.size).toBe(1);
  become(sound);
  await editor.ask('codexHealth/refresh');
  expect(editor.markers.size).toBe(0);
  expect(await editor.tree()).toMatchObject({ threadsInTrouble: 0 });
});

test('a scan that fails is told to who asked, and the next one may succeed', async () => {
  const sound = home().thread('one').build().world;
  const { world, become } = changing(sound);
  const editor = await openEditor(world, { settings: { home: HOME } });
  become({
    ...sound,
    get files(): World['files'] {
      throw new Error('the disk is on fire');
    },
  });
  await expect(editor.ask('codexHealth/refresh')).rejects.toThrow('the disk is on fire');
  await expect(editor.tree()).rejects.toThrow('the disk is on fire');
  become(sound);
  await editor.ask('codexHealth/refresh');
  expect((await editor.tree()).hosts).toHaveLength(1);
});

test('a scan that fails is tried again by itself, and what came of it is told', async () => {
  const sound = home().thread('one').build().world;
  const { world, become } = changing(sound);
  const editor = await openEditor(world, { settings: { home: HOME, problems: 'all' } });
  become({
    ...sound,
    get files(): World['files'] {
      throw new Error('the disk is on fire');
    },
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  await expect(editor.ask('codexHealth/refresh')).rejects.toThrow('the disk is on fire');
  const changed = editor.nextChange();
  become(home().thread('one', { row: false }).build().world);
  await vi.advanceTimersByTimeAsync(60_000);
  await changed;
  expect(editor.markers.size).toBe(1);
  expect((await editor.tree()).threadsInTrouble).toBe(1);
});

test('after the editor has asked for the end every request is refused', async () => {
  const editor = await openEditor(home().thread('one').build().world, { settings: { home: HOME } });
  await editor.send('shutdown');
  const textDocument = { uri: 'codex-health://k/home' };
  const late = [
    editor.tree(),
    editor.ask('codexHealth/history'),
    editor.request('textDocument/hover', { textDocument, position: { line: 0, character: 0 } }),
    editor.request('textDocument/codeAction', { textDocument }),
    editor.request('initialize', { capabilities: {} }),
    editor.send('shutdown'),
    editor.send('nobody/knows'),
  ];
  for (const answer of late) await expect(answer).rejects.toMatchObject({ code: INVALID_REQUEST });
});

test('the report for the clipboard says what is wrong, and not whose it is', async () => {
  const builder = home().thread('one', { prompt: 'secret plan', row: false });
  const editor = await openEditor(builder.build().world, { settings: { home: HOME } });
  const report = await editor.ask('codexHealth/report');
  expect(report).toMatch(/^warning: .*thread-row-missing.*, 1 time$/m);
  for (const own of ['ada', 'secret', 'workbench', idOf('one'), HOME])
    expect(report).not.toContain(own);
});

test('any number of calls during a scan come to one scan after it', async () => {
  const ends: ((report: Report) => void)[] = [];
  const scans = createScans(() => new Promise(resolve => ends.push(resolve)));
  const first = scans.newest();
  const [second, third] = [scans.again(), scans.again()];
  const [one, two] = [{} as Report, {} as Report];
  expect(ends).toHaveLength(1);
  ends[0]?.(one);
  expect(await first).toBe(one);
  await new Promise(setImmediate);
  expect(ends).toHaveLength(2);
  ends[1]?.(two);
  expect(await Promise.all([second, third])).toEqual([two, two]);
  expect(await scans.newest()).toBe(two);
  expect(ends).toHaveLength(2);
});

test('settings are read from whatever an editor sends', () => {
  const { machine } = home().build().world;
  const read = (given: unknown) => readSettings(given, machine);
  expect(read(undefined)).toEqual(DEFAULT_SETTINGS);
  expect(read('nonsense')).toEqual(DEFAULT_SETTINGS);
  expect(read({ home: 7, problems: 'sometimes', levels: [] })).toEqual(DEFAULT_SETTINGS);
  expect(read({ codexHealth: { home: ' /h ', levels: { a: 'off', b: 'loud' } } })).toEqual({
    ...DEFAULT_SETTINGS,
    home: '/h',
    levels: { a: 'off' },
  });
});

test('a tilde in a setting is the own folder of the person, as a shell would have it', () => {
  const { machine } = home().build().world;
  const given = { home: '~/other', sqliteHome: '~', codexPath: ' ~/bin/codex', vault: '~ada/x' };
  expect(readSettings(given, machine)).toMatchObject({
    home: `${machine.userHome}/other`,
    sqliteHome: expect.stringMatching(new RegExp(`^${machine.userHome}/?$`)) as unknown,
    codexPath: `${machine.userHome}/bin/codex`,
    vault: '~ada/x',
  });
});

test('an editor that knows nothing of our messages still gets its markers', async () => {
  const builder = home().thread('one', { row: false });
  const editor = await openEditor(builder.build().world, {
    settings: { home: HOME, problems: 'all' },
  });
  expect([...editor.markers.values()].flat()).toHaveLength(1);
  const tree: Promise<HealthTree> = editor.tree();
  expect((await tree).state).toBe('read');
});

test('whoever asks before the settings have come sees another home, and nobody else does', async () => {
  const { world } = home().thread('one').build();
  const [toServer, toEditor] = [new PassThrough(), new PassThrough()];
  const reader = new StreamMessageReader(toServer);
  const writer = new StreamMessageWriter(toEditor);
  startServer(
    createConnection(ProposedFeatures.all, reader, writer),
    world,
    createMemoryHands(new Map()).hands,
  );
  const connection = createMessageConnection(
    new StreamMessageReader(toEditor),
    new StreamMessageWriter(toServer),
  );
  const editor = speak(connection);
  expect(await editor.tree()).toMatchObject({ homePath: HOME, state: 'read' });
  const changed = editor.nextChange();
  await initialize(connection, { settings: { home: '/elsewhere' } });
  await changed;
  expect(await editor.tree()).toMatchObject({ homePath: '/elsewhere', state: 'no-home' });
  editor.close();
});
