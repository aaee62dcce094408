// A lock that is held, and one that is taken again and again: what a scan makes of them, and what it
// costs where there is none.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gap } from '../../src/engine/model/gap.ts';
import type { LockedDatabase } from '../../src/engine/model/snapshot.ts';
import { findLockedDatabases } from '../../src/engine/scan/databases/lockedDatabases.ts';
import { barringLocks } from '../../src/engine/scan/databases/sqliteLocks.ts';
import type { FileLock, FileState, Holders, Read, World } from '../../src/engine/world.ts';
import { HOME, home } from '../support/home.ts';
import '../support/seed.ts';

const MAIN = `${HOME}/state_5.sqlite`;
const SHARED = { first: 0x4000_0002, last: 0x4000_01ff };

const lockOf = (more: Partial<FileLock> = {}): FileLock => ({
  name: `${String(more.pid ?? 815)} ${more.file ?? ''} ${String(more.first ?? 120)}`,
  pid: 815,
  program: 'sqlitebrowser',
  terminal: null,
  file: `${MAIN}-shm`,
  isExclusive: true,
  first: 120,
  last: 120,
  ...more,
});

/** A machine on which time passes only while the scan waits, and things happen at its moments. */
class Bench {
  waitedMs = 0;
  looks = 0;
  readonly gaps: Gap[] = [];
  readonly known = new Map<string, string>();
  /** Whether a lock is held now. */
  isHeld: (lock: FileLock) => boolean = () => true;
  /** How often something has been written to a file. */
  written: (file: string) => number = () => 0;
  /** What is said of locks in each look but the first. */
  again: (locks: readonly FileLock[]) => Read<Holders> = locks => holdersOf(locks);
  #locks: readonly FileLock[] = [];
  readonly world: World;

  constructor(more: Partial<World['files']> = {}) {
    const { world } = home().build();
    const stat = (file: string) => Promise.resolve(this.#stateOf(file));
    const pause = (milliseconds: number) => {
      this.waitedMs += milliseconds;
      return Promise.resolve();
    };
    const holders = () => {
      this.looks += 1;
      return Promise.resolve(this.again(this.#locks.filter(lock => this.isHeld(lock))));
    };
    this.world = {
      ...world,
      files: { ...world.files, stat, pause, ...more },
      processes: { ...world.processes, holders },
    };
  }

  find(...locks: readonly FileLock[]): Promise<readonly LockedDatabase[]> {
    this.#locks = locks;
    return this.findIn(holdersOf(locks));
  }

  findIn(holders: Read<Holders>): Promise<readonly LockedDatabase[]> {
    return findLockedDatabases(this.world, holders, this.gaps, this.known);
  }

  #stateOf(file: string): Read<FileState> {
    const modifiedMs = this.written(file);
    // A Codex of root gives a log an owner whenever it opens it.
    const changedMs = this.looks;
    const state = { kind: 'file', bytes: 4096, modifiedMs, changedMs, identity: file } as const;
    return { ok: true, value: state };
  }
}

const holdersOf = (locks: readonly FileLock[]): Read<Holders> => ({
  ok: true,
  value: { holders: [], unreadable: [], locks },
});

describe('held, or held again', () => {
  test('a lock that is there in each look is held, and its holder is named', async () => {
    const bench = new Bench();
    expect(await bench.find(lockOf({ terminal: 'pts/3' }))).toEqual([
      {
        file: MAIN,
        by: { pid: 815, program: 'sqlitebrowser', terminal: 'pts/3' },
        bars: 'writing',
      },
    ]);
    expect(bench.waitedMs).toBeGreaterThan(1500);
    expect(bench.waitedMs).toBeLessThan(2000);
    expect(bench.gaps).toEqual([]);
  });

  test('where nobody bars anybody, nothing is waited for and nothing looked at again', async () => {
    const bench = new Bench();
    const open = lockOf({ first: 128, last: 128, isExclusive: false });
    expect(await bench.find()).toEqual([]);
    expect(await bench.find(open, lockOf({ ...SHARED, file: MAIN, isExclusive: false }))).toEqual(
      [],
    );
    expect([bench.waitedMs, bench.looks]).toEqual([0, 0]);
  });

  test('one that is gone a moment later costs that moment', async () => {
    const bench = new Bench();
    bench.isHeld = () => false;
    expect(await bench.find(lockOf())).toEqual([]);
    expect([bench.waitedMs < 100, bench.looks]).toEqual([true, 1]);
  });

  test('missing in one look of many, whichever it is, it is not held', async () => {
    const whole = new Bench();
    await whole.find(lockOf());
    expect(whole.looks).toBeGreaterThan(4);
    for (let missed = 1; missed <= whole.looks; missed += 1) {
      const bench = new Bench();
      bench.isHeld = () => bench.looks !== missed;
      expect([missed, await bench.find(lockOf())]).toEqual([missed, []]);
    }
  });

  test('a transaction that was written meanwhile was another one, however often the lock is seen', async () => {
    const whole = new Bench();
    await whole.find(lockOf());
    for (let at = 1; at <= whole.looks; at += 1) {
      const bench = new Bench();
      bench.written = file => (file === `${MAIN}-wal` && bench.looks >= at ? 1 : 0);
      expect([at, await bench.find(lockOf())]).toEqual([at, []]);
    }
  });

  test('a database without a log is written to in its main file and its journal', async () => {
    const reserved = lockOf({ file: MAIN, first: 0x4000_0001, last: 0x4000_0001 });
    for (const changing of [MAIN, `${MAIN}-journal`]) {
      const bench = new Bench();
      bench.written = file => (file === changing ? bench.looks : 0);
      expect([changing, await bench.find(reserved)]).toEqual([changing, []]);
    }
    const bench = new Bench();
    bench.written = file => (file === `${MAIN}-wal` ? bench.looks : 0);
    expect(await bench.find(reserved)).toMatchObject([{ bars: 'writing' }]);
  });

  test('who wants a database with a log for himself keeps it, however much he writes', async () => {
    const bench = new Bench();
    bench.written = () => bench.looks;
    expect(await bench.find(lockOf({ ...SHARED, file: MAIN }))).toMatchObject([
      { bars: 'everything' },
    ]);
  });

  test('a Codex that was met between opening a database and opening its log bars nobody', async () => {
    const bench = new Bench();
    const open = lockOf({ ...SHARED, file: MAIN, isExclusive: false, program: 'codex' });
    const sharing = lockOf({ first: 128, last: 128, isExclusive: false, program: 'codex' });
    bench.again = () => holdersOf([open, sharing]);
    expect(await bench.find(open)).toEqual([]);
  });

  test('a busy program beside one that holds is not accused with it', async () => {
    const bench = new Bench();
    bench.isHeld = ({ pid }) => pid === 815 || bench.looks < 3;
    const busy = lockOf({ pid: 4711, file: `${HOME}/logs_2.sqlite-shm` });
    expect(await bench.find(lockOf(), busy)).toMatchObject([{ file: MAIN, by: { pid: 815 } }]);
  });
});

describe('a scan that stands', () => {
  test('waits once for a lock, and then knows it as long as nothing is written', async () => {
    const bench = new Bench();
    await bench.find(lockOf());
    const [first, looks] = [bench.waitedMs, bench.looks];
    expect(await bench.find(lockOf())).toHaveLength(1);
    expect([bench.waitedMs, bench.looks]).toEqual([first, looks + 1]);
    bench.written = () => 1;
    expect(await bench.find(lockOf())).toHaveLength(1);
    expect(bench.waitedMs).toBe(2 * first);
  });

  test('forgets one that was let go', async () => {
    const bench = new Bench();
    await bench.find(lockOf());
    bench.isHeld = () => false;
    expect(await bench.find(lockOf())).toEqual([]);
    bench.isHeld = () => true;
    const before = bench.waitedMs;
    expect(await bench.find(lockOf())).toHaveLength(1);
    expect(bench.waitedMs - before).toBeGreaterThan(1500);
  });
});

describe('where it cannot be told', () => {
  const why = (bench: Bench) => bench.gaps.map(gap => [gap.source, gap.extent, gap.why]);

  test('the system does not say who holds what', async () => {
    const bench = new Bench();
    await bench.findIn({ ok: false, trouble: { code: 'denied', why: 'nobody says' } });
    expect(why(bench)).toEqual([['locks', 'all', 'nobody says']]);
  });

  test('it says who has files open, and nothing of locks', async () => {
    const bench = new Bench();
    await bench.findIn({ ok: true, value: { holders: [], unreadable: [] } });
    expect(why(bench)).toEqual([['locks', 'all', 'this system does not tell which are held']]);
  });

  test('it falls silent between two looks', async () => {
    const bench = new Bench();
    bench.again = () => ({ ok: false, trouble: { code: 'denied', why: 'no more' } });
    expect(await bench.find(lockOf())).toEqual([]);
    expect(why(bench)).toEqual([['locks', 'all', 'no more']]);
    bench.again = () => ({ ok: true, value: { holders: [], unreadable: [] } });
    expect(await bench.find(lockOf())).toEqual([]);
    expect(why(bench)).toHaveLength(2);
  });

  test('the disk does not answer: none of its files is touched', async () => {
    const touched: string[] = [];
    const bench = new Bench({
      mayHang: () => Promise.resolve(true),
      stat: file => {
        touched.push(file);
        return Promise.resolve({ ok: false, trouble: { code: 'timeout', why: '' } });
      },
    });
    const outside = { look: () => Promise.resolve(new Map([[HOME, 'unknown' as const]])) };
    const holders = {
      ok: true,
      value: { holders: [], unreadable: [], locks: [lockOf()] },
    } as const;
    await findLockedDatabases({ ...bench.world, outside }, holders, bench.gaps);
    expect(touched).toEqual([]);
    expect(why(bench)).toMatchObject([['locks', 'all', expect.stringContaining('did not answer')]]);
  });
});

describe('what a lock on the bytes of a database bars', () => {
  const main = (first: number, last = first, more: Partial<FileLock> = {}) =>
    lockOf({ file: MAIN, first, last, ...more });
  const memory = (first: number, last = first, isExclusive = true, pid = 815) =>
    lockOf({ first, last, isExclusive, pid });
  const PENDING = 0x4000_0000;
  const RESERVED = 0x4000_0001;
  const barred = (...locks: readonly FileLock[]) =>
    barringLocks(locks).map(({ bars, lock }) => `${bars} by ${String(lock.pid)}`);

  test.each<[string, readonly FileLock[], readonly string[]]>([
    ['the writer of a log', [memory(120)], ['writing by 815']],
    ['a checkpoint', [memory(121)], []],
    ['a recovery after a crash', [memory(120, 127)], ['everything by 815']],
    ['the first one to open it', [memory(128)], ['everything by 815']],
    ['a reader of a log, while it notes where it reads', [memory(124)], []],
    [
      'a reader of a log',
      [memory(124, 124, false), main(SHARED.first, SHARED.last, { isExclusive: false })],
      [],
    ],
    ['who has prepared to write the main file', [main(RESERVED)], ['writing by 815']],
    ['who writes the main file', [main(PENDING, SHARED.last)], ['everything by 815']],
    ['who has it for itself', [main(SHARED.first, SHARED.last)], ['everything by 815']],
    [
      'a reader of a database without a log',
      [main(SHARED.first, SHARED.last, { isExclusive: false })],
      ['writing by 815'],
    ],
    ['who waits, and nobody reads', [main(PENDING, RESERVED)], ['everything by 815']],
    [
      'who waits for a reader: the reader is in the way',
      [
        main(PENDING, RESERVED, { pid: 4711, program: 'codex' }),
        main(SHARED.first, SHARED.last, { isExclusive: false }),
        main(SHARED.first, SHARED.last, { isExclusive: false, pid: 4711 }),
      ],
      ['writing by 815'],
    ],
    [
      'who waits for those who have a log open bars all others',
      [
        main(PENDING, RESERVED),
        memory(128, 128, false, 4711),
        main(SHARED.first, SHARED.last, { isExclusive: false, pid: 4711 }),
      ],
      ['everything by 815'],
    ],
    ['bytes that hold data', [main(0, 4096)], []],
  ])('%s', (_, locks, said) => {
    expect(barred(...locks)).toEqual(said);
  });

  test('no lock that others may share bars anybody from the memory of a log', () => {
    const byte = fc.integer({ min: 0, max: 200 });
    const shared = fc
      .tuple(byte, byte, fc.nat(5))
      .map(([one, other, pid]) => memory(Math.min(one, other), Math.max(one, other), false, pid));
    fc.assert(fc.property(fc.array(shared), locks => barringLocks(locks).length === 0));
  });
});
