import { expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { homeWith, LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'log-database-overgrown';
const NOTE = 'note log-database-overgrown logs_2.sqlite';
const MIB = 1024 * 1024;
const head = recordedDatabase('0.169.0', 'logs_2.sqlite').slice(0, 4096);

/** A file of that length, of which only the beginning is ever read. */
class LargeFile extends Uint8Array {
  #size = 0;

  static ofSize(bytes: Uint8Array, size: number): LargeFile {
    const file = new LargeFile(bytes);
    file.#size = size;
    return file;
  }

  override get length(): number {
    return this.#size === 0 ? super.length : this.#size;
  }
}

const logs = (mebibytes: number, ofLog = 0, freePages = 0) => {
  const first = head.slice();
  new DataView(first.buffer).setUint32(36, freePages);
  const builder = home()
    .thread('t1', { mode: 'legacy' })
    .file('logs_2.sqlite', LargeFile.ofSize(first, mebibytes * MIB), LONG_AGO);
  return ofLog === 0
    ? builder
    : builder.file(
        'logs_2.sqlite-wal',
        LargeFile.ofSize(new Uint8Array(32), ofLog * MIB),
        LONG_AGO,
      );
};

test('over 512 MiB', () => expectFindings(logs(513)).toBe(NOTE));

test('over 512 MiB with its write-ahead log', () => expectFindings(logs(100, 413)).toBe(NOTE));

test('over 4 GiB it is a warning', () =>
  expectFindings(logs(100, 4000)).toBe('warning log-database-overgrown logs_2.sqlite'));

test('more than half of it is empty pages', () =>
  expectFindings(logs(100, 0, 51 * 256)).toBe(NOTE));

test('nothing, when it is smaller', () => expectFindings(logs(512)).toBe());

test('nothing, when half of it is empty pages', () =>
  expectFindings(logs(100, 0, 50 * 256)).toBe());

test('nothing, when nearly all of a small one is empty pages', () =>
  expectFindings(
    homeWith(
      'logs_2.sqlite',
      recordedDatabase(
        '0.169.0',
        'logs_2.sqlite',
        'CREATE TABLE large (a)',
        'INSERT INTO large VALUES (zeroblob(5000000))',
        'DROP TABLE large',
      ),
    ),
  ).toBe());

test('nothing, when another database is large', () =>
  expectOutcome(
    home()
      .thread('t1', { mode: 'legacy' })
      .file('memories_1.sqlite', LargeFile.ofSize(head, 5000 * MIB), LONG_AGO),
    CHECK,
  ).toBe('ok'));

test('nobody is accused when the folder of the databases cannot be read', () =>
  expectOutcome(
    logs(600)
      .environment('CODEX_SQLITE_HOME', '/scratch/ada')
      .folder('/scratch/ada')
      .trouble('/scratch/ada'),
    CHECK,
  ).toBe('unknown'));

test('says how large, in steps that do not change with each line', async () => {
  await expectFindings(logs(600)).toSay(
    CHECK,
    'The log database takes 512 MiB or more. No conversation is in it.',
  );
  await expectFindings(logs(1000, 4200, 600 * 256)).toSay(
    CHECK,
    'The log database takes 4 GiB or more, 4 GiB or more of it in its write-ahead log. More than half of it is empty pages. No conversation is in it.',
  );
});

test('the cure says how large it is, and when the room comes back; it has to be chosen', async () => {
  const { world, files } = logs(600).build();
  const report = await createEngine(world).scan({
    home: HOME,
    sqliteHome: null,
    codex: null,
    full: false,
  });
  const repairs = createRepairs(world, createMemoryHands(files).hands);
  const all = await repairs.plan(report, { findings: 'all', cure: null });
  expect(all.units).toEqual([]);
  const [finding] = report.findings.filter(({ check }) => check === CHECK);
  const { units, needs } = await repairs.plan(report, {
    findings: [finding?.id ?? ''],
    cure: null,
  });
  expect(units.map(({ says }) => says)).toEqual([
    'The log database (600 MiB) goes into the vault, and Codex begins a new one when it is started next. The room comes back when this repair is dropped from the vault.',
  ]);
  expect(needs).toEqual(['codex-stopped']);
});
