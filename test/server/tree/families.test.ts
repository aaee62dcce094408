// Forks and sub-agents under their parents, whatever a damaged home says about who came of whom.

import { expect, test } from 'vitest';
import type { ThreadNode } from '../../../src/protocol/tree.ts';
import { home, HOME, idOf, PROJECT, type HomeBuilder } from '../../support/home.ts';
import { openEditor } from '../editor.ts';

const fork = (of: string) => ({ header: { forked_from_id: idOf(of) } });
const subAgent = (of: string) => ({
  source: { subagent: { thread_spawn: { parent_thread_id: idOf(of), depth: 1 } } },
});

/** The threads of a project as `parent (fork child (…))`, by their keys. */
async function families(builder: HomeBuilder, filter: 'all' | 'archived' = 'all', limit = 100) {
  const { world, keyOf } = builder.build();
  const editor = await openEditor(world, { settings: { home: HOME } });
  const request = { host: 'workbench', project: PROJECT, filter, limit };
  const { threads, more } = await editor.ask('codexHealth/threads', request);
  const say = (node: ThreadNode): string => {
    const below = node.children.map(child => `${child.bond} ${say(child)}`);
    if (node.moreChildren > 0) below.push(`+${String(node.moreChildren)}`);
    return keyOf(node.id) + (below.length === 0 ? '' : ` (${below.join(', ')})`);
  };
  return [...threads.map(say), ...(more > 0 ? [`+${String(more)}`] : [])].join('; ');
}

test('what came of a thread stands under it, the newest first', async () => {
  const builder = home()
    .thread('a', { age: 500 })
    .thread('f', { age: 400, ...fork('a') })
    .thread('s', { age: 300, ...subAgent('a') })
    .thread('g', { age: 200, ...fork('f') })
    .thread('b', { age: 250 });
  expect(await families(builder)).toBe('a (fork f (fork g), sub-agent s); b');
});

test('a thread that is attached to another one in the database is its sub-agent', async () => {
  const builder = home()
    .thread('a', { age: 90 })
    .thread('c', { row: { attached_thread_parent_id: idOf('a') } });
  expect(await families(builder)).toBe('a (sub-agent c)');
});

test('trouble below lifts the whole family', async () => {
  const builder = home()
    .thread('a', { age: 500 })
    .thread('f', { age: 400, row: false, ...fork('a') })
    .thread('b', { age: 10 });
  expect(await families(builder)).toMatch(/^a \(fork f\); b$/);
});

test('without its parent a thread stands on top: unknown, in another project, not of the filter', async () => {
  const elsewhere = '/home/ada/work/two';
  const builder = home()
    .folder(elsewhere)
    .thread('x', { age: 50, ...fork('unknown') })
    .thread('p', { age: 70, cwd: elsewhere })
    .thread('y', { age: 60, ...subAgent('p') })
    .thread('q', { age: 90 })
    .thread('z', { age: 80, archived: true, ...subAgent('q') });
  expect(await families(builder)).toBe('x; y; q (sub-agent z)');
  expect(await families(builder, 'archived')).toBe('z');
});

test('a circle is opened at its oldest thread, and nobody is lost', async () => {
  const builder = home()
    .thread('b', { age: 200, ...subAgent('a') })
    .thread('c', { age: 100, ...subAgent('b') })
    .thread('a', { age: 300, ...subAgent('c') })
    .thread('d', { age: 50, ...subAgent('c') })
    .thread('self', { age: 400, ...subAgent('self') });
  expect(await families(builder)).toBe('a (sub-agent b (sub-agent c (sub-agent d))); self');
});

test('a chain without end goes so deep and no deeper', async () => {
  const builder = home();
  for (let at = 0; at < 40; at += 1)
    builder.thread(`n${String(at)}`, {
      age: 1000 - at,
      ...(at === 0 ? {} : subAgent(`n${String(at - 1)}`)),
    });
  const shown = await families(builder);
  expect(shown.split('(')).toHaveLength(8);
  for (let at = 0; at < 40; at += 1) expect(shown).toMatch(new RegExp(`\\bn${String(at)}\\b`));
});

test('of many children the first come, with the number of the others', async () => {
  const builder = home().thread('a', { age: 900 });
  for (const key of ['c', 'd', 'e']) builder.thread(key, subAgent('a'));
  expect(await families(builder, 'all', 2)).toMatch(/^a \(sub-agent \w, sub-agent \w, \+1\)$/);
});
