// One step of every kind and in every way of doing it, for a home that has what they need.

import zlib from 'node:zlib';
import type { Columns, Plan, Step, Unit } from '../../src/engine/model/plan.ts';
import { asBytes } from '../../src/engine/model/bytes.ts';
import { Vault } from '../../src/engine/repair/vault.ts';
import type { Site } from '../../src/engine/repair/site.ts';
import { home, HOME, idOf, NOW, type BuiltHome } from '../support/home.ts';
import { createMemoryHands, type MemoryHands } from '../support/memoryHands.ts';
import { sql } from '../support/memoryWorld.ts';
import { packedRollout } from '../support/packedRollout.ts';

export interface Bench {
  readonly built: BuiltHome;
  readonly memory: MemoryHands;
  readonly site: Site;
}

export function createBench(): Bench {
  const built = home()
    .thread('one')
    .thread('two', { archived: true })
    .thread('three')
    .file('packed.jsonl.zst', packed)
    .file('thread_history_1.sqlite-wal', 'no log', NOW - 3_600_000)
    .build();
  const memory = createMemoryHands(built.files);
  const vault = new Vault(built.world, memory.hands, `${HOME}/session-health`);
  const site = {
    world: built.world,
    hands: memory.hands,
    home: { path: HOME, sqliteHome: HOME },
    vault,
  };
  return { built, memory, site };
}

type Specimen = (bench: Bench) => Step;

/** By what a person would call it. */
export const SPECIMENS: Readonly<Record<string, Specimen>> = {
  'rows: change': () => ({
    ...THREADS,
    changes: [
      {
        key: { id: `'${idOf('one')}'` },
        before: { model_provider: "'mock'", archived: '0' },
        after: { model_provider: "'o''ther'", archived: '1' },
      },
    ],
  }),
  'rows: a time that triggers follow': bench => {
    const { updated_at: seconds = '', updated_at_ms: exact = '' } = rowOf(bench, 'one');
    return {
      ...THREADS,
      changes: [
        {
          key: { id: `'${idOf('one')}'` },
          before: { updated_at: seconds, updated_at_ms: exact },
          after: { updated_at: '1700000000', updated_at_ms: '1700000000123' },
        },
      ],
    };
  },
  'rows: take out': bench => {
    const { id = '', ...before } = rowOf(bench, 'three');
    return { ...THREADS, changes: [{ key: { id }, before, after: null }] };
  },
  'rows: add': () => ({
    kind: 'rows',
    database: `${HOME}/state_5.sqlite`,
    table: '_sqlx_migrations',
    changes: [
      {
        key: { version: '99' },
        before: null,
        after: {
          description: "'a'",
          installed_on: "'2026-01-01 00:00:00'",
          success: '1',
          checksum: "X'00FF'",
          execution_time: '-1',
        },
      },
    ],
  }),
  'rows: of a table that is made for them': () => ({
    ...THREADS,
    table: 'notes',
    makes: 'CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT)',
    changes: [{ key: { id: "'a'" }, before: null, after: { text: 'NULL' } }],
  }),
  'edit: in place': bench =>
    editOf(bench, 'one', '"model_provider":"mock"', '"model_provider":"MOCK"'),
  'edit: several places in place': bench => {
    const first = editOf(bench, 'one', 'mock', 'MOCK');
    const text = textOf(bench, first.file);
    const at = text.lastIndexOf('mock');
    return { ...first, splices: [...first.splices, { at, before: 'mock', after: 'kcom' }] };
  },
  'edit: longer': bench => editOf(bench, 'one', '"mock"', '"something longer"   '),
  'edit: shorter': bench => editOf(bench, 'one', '"mock"', '"m"'),
  'edit: append': bench => {
    const file = fileOf(bench, 'one');
    const { length } = textOf(bench, file);
    return {
      ...stateOf(bench, file),
      splices: [{ at: length, before: '', after: '{"type":"x"}\n' }],
    };
  },
  'edit: cut off the end': bench => {
    const file = fileOf(bench, 'one');
    const text = textOf(bench, file);
    const at = text.lastIndexOf('\n', text.length - 2) + 1;
    return { ...stateOf(bench, file), splices: [{ at, before: text.slice(at), after: '' }] };
  },
  'edit: in place and at the end': bench => {
    const first = editOf(bench, 'one', '"model_provider":"mock"', '"model_provider":"MOCK"');
    const added = { at: first.bytes, before: '', after: '{"type":"x"}\n' };
    return { ...first, splices: [...first.splices, added] };
  },
  'edit: longer inside and at the end': bench => {
    const first = editOf(bench, 'one', '"mock"', '"something longer"   ');
    const added = { at: first.bytes, before: '', after: '{"type":"x"}\n' };
    return { ...first, splices: [...first.splices, added], isStrict: true };
  },
  'edit: undone only while nobody has written': bench => ({
    ...editOf(bench, 'one', '"model_provider":"mock"', '"model_provider":"MOCK"'),
    isStrict: true,
  }),
  'move: into the vault': bench => moveOf(bench, 'two', { vault: 'two.jsonl' }),
  'move: to a new folder': bench =>
    moveOf(bench, 'two', { file: `${HOME}/sessions/1999/12/31/two.jsonl` }),
  create: () => ({
    kind: 'create',
    file: `${HOME}/sessions/new.jsonl`,
    content: 'some \xff bytes',
    modifiedMs: 1700000000123.456,
  }),
  'create: what a compressed file holds': () => ({
    kind: 'create',
    file: `${HOME}/unpacked.jsonl`,
    content: PACKED_CONTENT,
    modifiedMs: PACKED_TIME,
  }),
  'create: a copy that nobody has looked into': () => ({
    kind: 'create',
    file: `${HOME}/copied.jsonl.zst`,
    content: { copied: PACKED, bytes: packed.length },
    modifiedMs: NOW,
  }),
  'create: a database as it is at one moment': () => ({
    kind: 'create',
    file: `${HOME}-databases/state_5.sqlite`,
    content: { imaged: `${HOME}/state_5.sqlite`, on: 'workbench' },
    modifiedMs: null,
  }),
  link: () => ({ kind: 'link', file: `${HOME}/linked.jsonl.zst`, target: PACKED }),
  'block: in a file that is there': bench => {
    const file = fileOf(bench, 'one');
    const { bytes, modifiedMs } = stateOf(bench, file);
    return { kind: 'block', file, block: BLOCK, was: { bytes, modifiedMs } };
  },
  'block: as a file of its own': () => ({
    kind: 'block',
    file: `${HOME}/.profile`,
    block: BLOCK,
    was: null,
  }),
};

const BLOCK = '# >>> ours >>>\nexport A=1\n# <<< ours <<<\n';

/** A plan of units that meet each other, that fail, and that are undone whole or not at all. */
export function mixedPlan(bench: Bench): Plan {
  const rowOfThread = (key: string, after: Columns): Step => ({
    ...THREADS,
    changes: [{ key: { id: `'${idOf(key)}'` }, before: { model_provider: "'mock'" }, after }],
  });
  const provider = { model_provider: "'MOCK'" };
  const unpackedFile = `${HOME}/unpacked.jsonl`;
  const plan = planOf(
    [editOf(bench, 'one', '"mock"', '"MOCK"'), rowOfThread('one', provider)],
    [editOf(bench, 'two', '"mock"', '"something longer"   '), rowOfThread('two', provider)],
    // The row does not take it, so that the file is put back.
    [
      editOf(bench, 'three', '"mock"', '"m"'),
      rowOfThread('three', { ...provider, archived: 'NULL' }),
    ],
    [
      { kind: 'create', file: unpackedFile, content: PACKED_CONTENT, modifiedMs: PACKED_TIME },
      {
        kind: 'move',
        from: PACKED,
        to: { vault: 'packed' },
        bytes: packed.length,
        modifiedMs: bench.built.files.get(PACKED)?.modifiedMs ?? 0,
      },
      {
        kind: 'edit',
        file: unpackedFile,
        bytes: unpacked.length,
        modifiedMs: PACKED_TIME,
        splices: [{ at: unpacked.length, before: '', after: '{}\n' }],
      },
    ],
    // Of the file that the first one changes: it has to come after it.
    [editOf(bench, 'one', '"session_meta"', '"session_meta"   ')],
  );
  const units = plan.units.map((unit, at) => (at < 2 ? { ...unit, undoneWhole: 'x' } : unit));
  return { ...plan, units };
}

const PACKED = `${HOME}/packed.jsonl.zst`;
const packed = packedRollout('packed');
const unpacked = zlib.zstdDecompressSync(packed);
const PACKED_CONTENT = { unpacked: PACKED, bytes: unpacked.length };
const PACKED_TIME = 1700000000123.456;

const THREADS = {
  kind: 'rows',
  database: `${HOME}/state_5.sqlite`,
  table: 'threads',
} as const;

export function planOf(...units: readonly (readonly Step[])[]): Plan {
  return {
    sha: 'a-plan',
    units: units.map((steps, index): Unit => ({
      findings: [`finding-${String(index)}`],
      cure: { id: 'cure', title: 'Do something' },
      says: 'something is done',
      loses: 'nothing',
      needs: [],
      steps,
    })),
    refused: [],
    needs: [],
    backupBytes: 0,
  };
}

export function fileOf({ built }: Bench, key: string): string {
  return [...built.files.keys()].find(file => file.endsWith(`${idOf(key)}.jsonl`)) ?? '';
}

export function textOf({ built }: Bench, file: string): string {
  return asBytes(built.files.get(file)?.bytes ?? new Uint8Array());
}

function stateOf(bench: Bench, file: string) {
  const { bytes = new Uint8Array(), modifiedMs = 0 } = bench.built.files.get(file) ?? {};
  return { kind: 'edit', file, bytes: bytes.length, modifiedMs } as const;
}

export function editOf(bench: Bench, key: string, before: string, after: string) {
  const file = fileOf(bench, key);
  const at = textOf(bench, file).indexOf(before);
  return { ...stateOf(bench, file), splices: [{ at, before, after }] };
}

export function moveOf(bench: Bench, key: string, to: Extract<Step, { kind: 'move' }>['to']): Step {
  const from = fileOf(bench, key);
  const { bytes, modifiedMs } = stateOf(bench, from);
  return { kind: 'move', from, to, bytes, modifiedMs };
}

function rowOf({ built }: Bench, key: string): Record<string, string> {
  const database = new sql.Database(built.files.get(`${HOME}/state_5.sqlite`)?.bytes);
  const names =
    database.exec("SELECT name FROM pragma_table_info('threads')")[0]?.values.flat() ?? [];
  const quoted = names.map(name => `quote(${String(name)})`).join(', ');
  const [row] =
    database.exec(`SELECT ${quoted} FROM threads WHERE id = '${idOf(key)}'`)[0]?.values ?? [];
  database.close();
  return Object.fromEntries(names.map((name, at) => [String(name), String(row?.[at])]));
}
