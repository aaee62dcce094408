// What the filters leave, at every level of the tree.

import { expect, test } from 'vitest';
import type { Filter } from '../../../src/protocol/tree.ts';
import { home, HOME, idOf, PROJECT, type HomeBuilder } from '../../support/home.ts';
import { openEditor } from '../editor.ts';

const SHOP = '/home/ada/work/shop';
const THESIS = '/home/ada/work/thesis';

function sample(): HomeBuilder {
  return home()
    .folder(SHOP)
    .folder(THESIS)
    .codex('0.169.0')
    .thread('s1', { cwd: SHOP, age: 10 })
    .thread('s2', { cwd: SHOP, age: 20, archived: true })
    .thread('t1', { cwd: THESIS, age: 30, row: false })
    .thread('t2', { cwd: THESIS, age: 40, source: 'exec' });
}

/** What is left, as `path counts: threads`. */
async function left(filter: Filter, builder = sample()): Promise<readonly string[]> {
  const { world, keyOf } = builder.build();
  const editor = await openEditor(world, { settings: { home: HOME } });
  const { hosts } = await editor.ask('codexHealth/tree', { filter });
  const [host] = hosts;
  const all = host?.counts ?? { threads: -1, inTrouble: -1 };
  const lines = [`all ${String(all.threads)}/${String(all.inTrouble)}`];
  for (const { host: name, path, counts } of host?.projects ?? []) {
    const request = { host: name, project: path, filter, limit: 100 };
    const { threads } = await editor.ask('codexHealth/threads', request);
    const keys = threads.map(({ id }) => keyOf(id)).join(' ');
    lines.push(`${path} ${String(counts.threads)}/${String(counts.inTrouble)}: ${keys}`);
  }
  return lines;
}

test('all, archived ones among them', async () => {
  expect(await left('all')).toEqual(['all 4/1', `${THESIS} 2/1: t1 t2`, `${SHOP} 2/0: s1 s2`]);
});

test('those in trouble', async () => {
  expect(await left('trouble')).toEqual(['all 1/1', `${THESIS} 1/1: t1`]);
});

test('those that some surface does not show', async () => {
  const lines = await left('hidden');
  expect(lines).toContain(`${THESIS} 2/1: t1 t2`);
  expect(lines.join()).not.toContain('s1');
});

test('the archived ones', async () => {
  expect(await left('archived')).toEqual(['all 1/0', `${SHOP} 1/0: s2`]);
});

test('a filter without matches leaves the home and its databases', async () => {
  const editor = await openEditor(home().thread('one').build().world, { settings: { home: HOME } });
  const { state, hosts } = await editor.ask('codexHealth/tree', { filter: 'archived' });
  expect(state).toBe('read');
  expect(hosts[0]).toMatchObject({ projects: [], counts: { threads: 0, inTrouble: 0 } });
  expect(hosts[0]?.databases.map(({ key }) => key)).toContain('state_5.sqlite');
});

test('a database has its findings, and the home has the others', async () => {
  const nfs = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: '' };
  const builder = home().thread('one').filesystem(nfs);
  const editor = await openEditor(builder.build().world, { settings: { home: HOME } });
  const [host] = (await editor.tree()).hosts;
  const state = host?.databases.find(({ key }) => key === 'state_5.sqlite');
  expect(state?.findings.map(({ check }) => check)).toEqual(['database-on-network-filesystem']);
  expect(state).toMatchObject({ severity: 'note', trouble: null });
  expect(state?.findings[0]?.place.uri).toBe(state?.uri);
  expect(host?.findings.filter(({ subject }) => subject.kind === 'database')).toEqual([]);
});

test('a database that cannot be read says why', async () => {
  const builder = home().thread('one').trouble('state_5.sqlite');
  const editor = await openEditor(builder.build().world, { settings: { home: HOME } });
  const [state] = (await editor.tree()).hosts[0]?.databases ?? [];
  expect(state?.trouble).toBe('this account may not read it');
});

test('a thread that a program writes is held', async () => {
  const builder = home()
    .thread('one', { age: 1 })
    .thread('two', { age: 2 })
    .holder({ pid: 99, writesThreads: [idOf('two')] });
  const editor = await openEditor(builder.build().world, { settings: { home: HOME } });
  const threads = await editor.threads(PROJECT);
  expect(threads.map(({ id, live }) => [id, live])).toEqual([
    [idOf('one'), null],
    [idOf('two'), { state: 'held', program: 'codex', pid: 99, isActive: false }],
  ]);
});
