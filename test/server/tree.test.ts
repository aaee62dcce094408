import { expect, test } from 'vitest';
import type { HealthTree } from '../../src/protocol/tree.ts';
import { home, HOME, type HomeBuilder } from '../support/home.ts';
import { openEditor } from './editor.ts';

const SHOP = '/home/ada/work/shop';
const THESIS = '/home/ada/work/thesis';

/** Two projects; the older one has a thread that the database does not know. */
function twoProjects(): HomeBuilder {
  return home()
    .folder(SHOP)
    .folder(THESIS)
    .thread('new', { cwd: SHOP, age: 10 })
    .thread('old', { cwd: THESIS, age: 90 })
    .thread('lost', { cwd: THESIS, age: 500, row: false })
    .thread('gone', { cwd: THESIS, age: 900, archived: true });
}

async function open(builder: HomeBuilder, settings = {}) {
  return openEditor(builder.build().world, { settings: { home: HOME, ...settings } });
}

function projectsOf({ hosts }: HealthTree): readonly string[] {
  return hosts.flatMap(({ projects }) =>
    projects.map(({ path, counts }) => `${path} ${counts.threads} ${counts.inTrouble}`),
  );
}

test('host and projects come with their counts, trouble first', async () => {
  const editor = await open(twoProjects());
  const tree = await editor.tree();
  expect(tree).toMatchObject({ state: 'read', threadsInTrouble: 1, homePath: HOME });
  expect(tree.hosts[0]).toMatchObject({ name: 'workbench', counts: { threads: 4, inTrouble: 1 } });
  expect(projectsOf(tree)).toEqual([`${THESIS} 3 1`, `${SHOP} 1 0`]);
});

test('projects without trouble are sorted by their newest thread', async () => {
  const editor = await open(twoProjects(), { levels: { 'thread-row-missing': 'off' } });
  expect(projectsOf(await editor.tree())).toEqual([`${SHOP} 1 0`, `${THESIS} 3 0`]);
});

test('the threads of a project come trouble first, then the newest', async () => {
  const editor = await open(twoProjects());
  const threads = await editor.threads(THESIS);
  expect(threads.map(({ title, severity, archived }) => [title, severity, archived])).toEqual([
    ['please do lost', 'warning', false],
    ['please do old', null, false],
    ['please do gone', null, true],
  ]);
});

test('a finding says what is wrong and where it can be read', async () => {
  const editor = await open(twoProjects());
  const [lost] = await editor.threads(THESIS);
  const [finding] = lost?.findings ?? [];
  expect(finding).toMatchObject({ check: 'thread-row-missing', severity: 'warning', threads: 1 });
  expect(finding?.title).not.toBe('');
  expect(finding?.place.uri).toBe(lost?.uri);
});

test('threads of another host or project are not mixed in', async () => {
  const editor = await open(twoProjects());
  const elsewhere = { host: 'elsewhere', project: SHOP, filter: 'all', limit: 9 } as const;
  expect(await editor.ask('codexHealth/threads', elsewhere)).toEqual({ threads: [], more: 0 });
  expect(await editor.threads('/nowhere')).toEqual([]);
});

test('of many threads the first come, with the number of the others', async () => {
  const editor = await open(twoProjects());
  const request = { host: 'workbench', project: THESIS, filter: 'all', limit: 2 } as const;
  const answer = await editor.ask('codexHealth/threads', request);
  expect(answer.threads.map(({ title }) => title)).toEqual(['please do lost', 'please do old']);
  expect(answer.more).toBe(1);
});

test('a level changes what a finding counts as', async () => {
  const editor = await open(twoProjects(), { levels: { 'thread-row-missing': 'note' } });
  expect((await editor.tree()).threadsInTrouble).toBe(0);
  const [first, , ...rest] = await editor.threads(THESIS);
  expect([first?.severity, ...rest.map(({ severity }) => severity)]).toEqual(['note', null]);
});

test('changed settings are taken up without a new start', async () => {
  const editor = await open(twoProjects());
  const changed = editor.nextChange();
  await editor.tell('workspace/didChangeConfiguration', {
    settings: { codexHealth: { home: HOME, levels: { 'thread-row-missing': 'off' } } },
  });
  await changed;
  expect((await editor.tree()).threadsInTrouble).toBe(0);
});

test('a home that is not there is no healthy home', async () => {
  const editor = await open(home(), { home: '/home/ada/nothing-here' });
  expect(await editor.tree()).toMatchObject({ state: 'no-home', hosts: [] });
  expect(editor.markers.size).toBe(0);
});

test('a home that cannot be read is shown with what could not be looked at', async () => {
  const editor = await open(twoProjects().trouble('state_5.sqlite'));
  const tree = await editor.tree();
  expect(tree).toMatchObject({ state: 'read', nothingLost: { answer: 'unknown' } });
  expect(tree.hosts[0]?.gaps.flatMap(({ checks }) => checks)).toContain('thread-row-missing');
});

test('titles are shown as one line, and do nothing', async () => {
  const nasty = 'one\ntwo \u001b[31mred\u001b[0m \u202etxt.exe';
  const editor = await open(home().thread('t', { prompt: nasty }));
  const tree = await editor.tree();
  const [thread] = await editor.threads(tree.hosts[0]?.projects[0]?.path ?? '');
  expect(thread?.title).toBe('one two ␛[31mred␛[0m �txt.exe');
});
