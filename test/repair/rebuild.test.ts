// What the plan for a damaged state database says that it puts back, and what it leaves to Codex.

import { expect, test } from 'vitest';
import { createEngine, createRepairs, handlerOf } from '../../src/engine/engine.ts';
import type { KnownRow, Plan } from '../../src/engine/model/plan.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import type { World } from '../../src/engine/world.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import type { MemoryFile } from '../support/memoryWorld.ts';

const STATE = `${HOME}/state_5.sqlite`;
const CODEX = { migrations: { 'state_5.sqlite': 62 } };

test('what people gave to their threads, with the section and the project that it belongs to', async () => {
  const { says, rows } = await planned(
    home()
      .thread('t1', { row: { name: 'Mine', is_pinned: 1, project_id: 'p' } })
      .thread('t2', { row: { thread_section_id: 's', section_position: 7 } })
      .thread('t3', { row: { git_branch: 'by-hand', memory_mode: 'disabled' } })
      .state(
        "INSERT INTO thread_sections (id, name) VALUES ('s', 'A section')",
        "INSERT INTO projects VALUES ('p', 'A project', '{}', 0, 1, 1)",
        "INSERT INTO project_roots VALUES ('p', 0, '/work')",
      ),
  );
  expect(says).toContain(
    'Read in the old one, and put back: 1 name, 1 pin, 1 section, 1 conversation in sections, 1 project, 1 conversation in projects, Git notes of 1 conversation and the order of 3 conversations.',
  );
  expect(valuesOf(rows, 't1')).toMatchObject({ name: "'Mine'", is_pinned: '1', project_id: "'p'" });
  expect(valuesOf(rows, 't2')).toMatchObject({ thread_section_id: "'s'", section_position: '7' });
  expect(valuesOf(rows, 't3')).toMatchObject({
    git_branch: "'by-hand'",
    memory_mode: "'disabled'",
  });
  expect(rows.filter(({ makes }) => makes).map(({ table }) => table)).toEqual([
    ...['thread_sections', 'thread_sections', 'projects', 'project_roots'],
  ]);
});

test('what Codex makes of the conversations by itself is left to it', async () => {
  const { rows } = await planned(
    home().thread('t1', { row: { tokens_used: 7, title: 'please do t1' } }),
  );
  expect(Object.keys(valuesOf(rows, 't1')).sort()).toEqual([
    ...[
      'created_at',
      'created_at_ms',
      'recency_at',
      'recency_at_ms',
      'updated_at',
      'updated_at_ms',
    ],
  ]);
});

test('a conversation that went on without the database keeps the time of its file', async () => {
  const old = Date.UTC(2026, 0, 1);
  const { rows } = await planned(
    home().thread('t1', { row: { name: 'Mine', updated_at: old / 1000, updated_at_ms: old } }),
  );
  expect(valuesOf(rows, 't1')).not.toHaveProperty('updated_at_ms');
  expect(valuesOf(rows, 't1')).toHaveProperty('name');
});

test('nobody is put into a section that could not be read, except the one that every database has', async () => {
  const { says, rows } = await planned(
    home()
      .thread('t1', { row: { thread_section_id: 'gone', project_id: 'gone' } })
      .thread('t2', { row: { thread_section_id: '01984de2-8f74-7c91-a3b2-5c5e937cf318' } })
      .state('DELETE FROM thread_sections'),
  );
  expect(says).toContain('1 conversation belonged to a section that could not be read.');
  expect(says).toContain('1 conversation belonged to a project that could not be read.');
  expect(valuesOf(rows, 't1')).not.toHaveProperty('thread_section_id');
  expect(valuesOf(rows, 't2')).toHaveProperty('thread_section_id');
});

test('where nothing could be read it says so, and names come from the other place', async () => {
  const { says, rows, plan } = await planned(
    home().thread('t1').thread('t2').name('t1', 'Mine'),
    1,
  );
  expect(says).toContain('Nothing could be read in the old one that the conversations do not say.');
  expect(says).toContain('Of no conversation it could be read whether it had a pin');
  expect(rows).toEqual([]);
  expect(callsOf(plan)).toEqual(['thread/list', 'thread/name/set']);
});

test('a name that was read is not given twice', async () => {
  const named = home()
    .thread('t1', { row: { name: 'Mine' } })
    .name('t1', 'Mine');
  expect(callsOf((await planned(named)).plan)).toEqual(['thread/list']);
});

test('Codex names no thread that is archived: its name is written into the new database', async () => {
  const named = home().thread('t1', { archived: true }).thread('t2').name('t1', "It's mine");
  const { says, rows, plan } = await planned(named.name('t2', 'Mine too'), 1);
  expect(callsOf(plan)).toEqual(['thread/list', 'thread/name/set']);
  expect(says).toContain(
    'Codex names none that is archived: the name of 1 archived conversation in session_index.jsonl will be written into the new database.',
  );
  expect(rows).toEqual([
    {
      ...{ table: 'threads', makes: false },
      ...{ key: { id: `'${idOf('t1')}'` }, values: { name: "'It''s mine'" } },
    },
  ]);
});

test('also where nothing is left of the old one to be read', async () => {
  const { world, files } = home()
    .thread('t1', { archived: true })
    .name('t1', 'Mine')
    .codex('0.169.0', CODEX)
    .build();
  files.delete(STATE);
  const { rows } = await planOf(world, files);
  expect(valuesOf(rows, 't1')).toEqual({ name: "'Mine'" });
});

test('a Codex that is too old to have a place for it is not given one', async () => {
  const { world, files } = home()
    .thread('t1', { archived: true })
    .name('t1', 'Mine')
    .codex('0.142.0', { migrations: { 'state_5.sqlite': 39 } })
    .build();
  files.delete(STATE);
  const { says, rows, plan } = await planOf(world, files);
  expect(callsOf(plan)).toEqual(['thread/list']);
  expect(rows).toEqual([]);
  expect(says).toContain(
    'This Codex is too old to have a place for the name of 1 archived conversation: session_index.jsonl keeps what it has of them.',
  );
});

test('nothing is written for an archived thread with legacy history: it has the name from the file', async () => {
  const legacy = home().thread('t1', { archived: true, mode: 'legacy' }).name('t1', 'Mine');
  const { rows, plan } = await planned(legacy, 1);
  expect([rows, callsOf(plan)]).toEqual([[], ['thread/list']]);
});

test('each row is named', async () => {
  const { plan } = await planned(home().thread('t1', { row: { name: 'Mine' } }));
  const touched = plan.units.flatMap(({ steps }) =>
    steps.flatMap(step => handlerOf(step).touches(step)),
  );
  expect(touched).toContain(`${STATE} › threads › '${idOf('t1')}'`);
});

test('where there is no database, it is read in the newest one that Codex has put aside', async () => {
  const { world, files } = home()
    .thread('t1', { row: { name: 'Mine', is_pinned: 1 } })
    .codex('0.169.0', CODEX)
    .build();
  const aside = files.get(STATE) ?? { bytes: new Uint8Array(), modifiedMs: 0 };
  files.delete(STATE);
  files.set(`${HOME}/db-backups/sqlite-1795000000-0/state_5.sqlite`, aside);
  const empty = { bytes: new Uint8Array(4096), modifiedMs: 0 };
  files.set(`${HOME}/db-backups/sqlite-994000000-3/state_5.sqlite`, empty);
  files.set(`${HOME}/db-backups/sqlite-1796000000-0/goals_1.sqlite`, empty);
  const { says, rows } = await planOf(world, files);
  expect(says).toContain(
    'Read in the copy that Codex put aside on 2026-11-18, and put back: 1 name, 1 pin',
  );
  expect(valuesOf(rows, 't1')).toMatchObject({ name: "'Mine'", is_pinned: '1' });
});

/** The header is gone; with `share` 1 all of it is. */
async function planned(builder: HomeBuilder, share = 0) {
  const { world, files } = builder.codex('0.169.0', CODEX).build();
  const { bytes = new Uint8Array(), modifiedMs = 0 } = files.get(STATE) ?? {};
  const end = share === 0 ? 100 : bytes.length;
  files.set(STATE, { bytes: bytes.map((byte, at) => (at < end ? 0xa5 : byte)), modifiedMs });
  return planOf(world, files);
}

async function planOf(world: World, files: Map<string, MemoryFile>) {
  const report = await createEngine(world).scan({
    ...{ home: HOME, sqliteHome: null, codex: null, full: false },
  });
  const repairs = createRepairs(world, createMemoryHands(files).hands);
  const plan = await repairs.plan(report, { findings: 'all', cure: null });
  const rows = plan.units.flatMap(({ steps }) =>
    steps.flatMap(step => (step.kind === 'ask' ? (step.replay?.rows ?? []) : [])),
  );
  return { plan, rows, says: plan.units.at(-1)?.says ?? '' };
}

function valuesOf(rows: readonly KnownRow[], key: string) {
  return rows.find(({ key: { id } }) => id === `'${idOf(key)}'`)?.values ?? {};
}

function callsOf({ units }: Plan): readonly string[] {
  return units
    .flatMap(({ steps }) => steps.flatMap(step => (step.kind === 'ask' ? step.calls : [])))
    .map(({ method }) => method);
}
