// What changes a disk, on a real one.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BESIDE } from '../../src/engine/hands.ts';
import { createHands } from '../../src/node/hands.ts';
import { canMount, NEEDS_DISK, withSmallDisk } from '../support/smallDisk.ts';

const hands = createHands();
/** With more digits than a millisecond has, and in the middle of a microsecond. */
const TIME = 1_780_000_000_123.456_5;
const TIME_NS = 1_780_000_000_123_456_500n;

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hands-'));
  file = path.join(folder, 'file');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(of: string): string {
  return fs.readFileSync(of, 'utf8');
}

function put(content: string, mode = 0o640): fs.Stats {
  fs.writeFileSync(file, content);
  fs.chmodSync(file, mode);
  return fs.statSync(file);
}

function rights(of: string): number {
  return fs.statSync(of).mode & 0o7777;
}

/** Less than a microsecond apart. */
function expectTime(of: string): void {
  const { mtimeNs } = fs.statSync(of, { bigint: true });
  const apart = mtimeNs - TIME_NS;
  expect(apart > -1000n && apart < 1000n, String(apart)).toBe(true);
}

/** Nothing but these files is left, also not what is written beside. */
function expectOnly(...names: readonly string[]): void {
  expect(fs.readdirSync(folder).sort()).toEqual([...names].sort());
}

test('a folder is made with those above it, for this account only', async () => {
  const deep = path.join(folder, 'one/two');
  await hands.makeFolder(deep);
  expect([rights(deep), rights(path.dirname(deep))]).toEqual([0o700, 0o700]);
  fs.chmodSync(deep, 0o755);
  await hands.makeFolder(deep);
  expect(rights(deep)).toBe(0o755);
});

test('a folder that two make at once is there for both', async () => {
  const deep = path.join(folder, 'one/two');
  await Promise.all([hands.makeFolder(deep), hands.makeFolder(deep)]);
  expect(fs.statSync(deep).isDirectory()).toBe(true);
});

describe('create', () => {
  test('makes a file for this account only, with its time', async () => {
    await hands.create(file, bytes('new'), TIME);
    expect([text(file), rights(file)]).toEqual(['new', 0o600]);
    expectTime(file);
    expectOnly('file');
  });

  test('refuses to replace anything, not even a link to nothing', async () => {
    put('old');
    await expect(hands.create(file, bytes('new'), null)).rejects.toThrow('already something');
    expect(text(file)).toBe('old');
    fs.rmSync(file);
    fs.symlinkSync('nowhere', file);
    await expect(hands.create(file, bytes('new'), null)).rejects.toThrow('already something');
    expect(fs.readlinkSync(file)).toBe('nowhere');
  });

  test('what a stop left beside is not joined to it', async () => {
    fs.writeFileSync(file + BESIDE, 'much longer than what is new');
    await hands.create(file, bytes('new'), null);
    expect(text(file)).toBe('new');
    expectOnly('file');
  });
});

test('append adds at the end', async () => {
  put('one ');
  await hands.append(file, bytes('two'));
  expect([text(file), rights(file)]).toEqual(['one two', 0o640]);
});

describe('write', () => {
  test('changes places of the very file, cuts its end off, and gives it its time', async () => {
    const { ino } = put('abcdefgh');
    const pieces = [
      { at: 1, bytes: bytes('B') },
      { at: 4, bytes: bytes('EF') },
    ];
    await hands.write(file, { pieces, cutTo: 7, modifiedMs: TIME });
    expect([text(file), rights(file), fs.statSync(file).ino]).toEqual(['aBcdEFg', 0o640, ino]);
    expectTime(file);
  });

  test('makes no file', async () => {
    const writing = { pieces: [], cutTo: null, modifiedMs: TIME };
    await expect(hands.write(file, writing)).rejects.toThrow('ENOENT');
    expectOnly();
  });
});

describe('rewrite', () => {
  const pieces = [{ from: 0, to: 3 }, bytes('new'), { from: 5, to: null }];

  test('joins what is new to parts of the old file', async () => {
    put(`old${'.'.repeat(3_000_000)}`);
    await hands.rewrite(file, { pieces, modifiedMs: TIME });
    expect(text(file)).toBe(`oldnew${'.'.repeat(2_999_998)}`);
    expectTime(file);
    expectOnly('file');
  });

  test.each([0o600, 0o664, 0o444])('keeps the rights %o', async mode => {
    put('old..', mode);
    await hands.rewrite(file, { pieces, modifiedMs: TIME });
    expect(rights(file)).toBe(mode);
  });

  test('keeps the owner', async context => {
    context.skip(process.getuid?.() !== 0, 'needs the right to give a file away');
    put('old..');
    fs.chownSync(file, 1234, 2345);
    await hands.rewrite(file, { pieces, modifiedMs: TIME });
    expect(fs.statSync(file)).toMatchObject({ uid: 1234, gid: 2345, mode: 0o100640 });
  });

  test('leaves the old file as it is when it cannot be done', async () => {
    put('old..');
    const tooFar = [{ from: 0, to: 300 }];
    await expect(hands.rewrite(file, { pieces: tooFar, modifiedMs: TIME })).rejects.toThrow();
    expect(text(file)).toBe('old..');
  });
});

describe('move', () => {
  test('takes the file itself, with its time', async () => {
    const { ino } = put('all of it');
    await hands.setTime(file, TIME);
    await hands.move(file, `${file}-2`);
    expect([text(`${file}-2`), fs.statSync(`${file}-2`).ino]).toEqual(['all of it', ino]);
    expectTime(`${file}-2`);
    expectOnly('file-2');
  });

  test('refuses to replace anything', async () => {
    put('one');
    fs.writeFileSync(`${file}-2`, 'two');
    await expect(hands.move(file, `${file}-2`)).rejects.toThrow('already something');
    expect([text(file), text(`${file}-2`)]).toEqual(['one', 'two']);
  });

  describe('to another disk', () => {
    const MUCH = 'x'.repeat(2_500_000);
    const onOtherDisk = (size: number, use: (to: string) => Promise<void>) => {
      const disk = path.join(folder, 'disk');
      fs.mkdirSync(disk);
      return withSmallDisk(disk, size, () => use(path.join(disk, 'moved')));
    };

    test('and back: all of it, with its time, rights and owner', async context => {
      context.skip(!canMount(), NEEDS_DISK);
      put(MUCH, 0o664);
      fs.chownSync(file, 1234, 2345);
      await hands.setTime(file, TIME);
      await onOtherDisk(8_000_000, async to => {
        const expectAt = (place: string) => {
          expect(text(place)).toBe(MUCH);
          expect(fs.statSync(place)).toMatchObject({ uid: 1234, gid: 2345, mode: 0o100664 });
          expectTime(place);
        };
        await hands.move(file, to);
        expectAt(to);
        expectOnly('disk');
        await hands.move(to, file);
        expectAt(file);
        expect(fs.readdirSync(path.dirname(to))).toEqual([]);
      });
    });

    test('that is too small: it stays where it is', async context => {
      context.skip(!canMount(), NEEDS_DISK);
      put(MUCH);
      await hands.setTime(file, TIME);
      await onOtherDisk(1_000_000, async to => {
        await expect(hands.move(file, to)).rejects.toThrow();
        expect(fs.existsSync(to)).toBe(false);
        expect(text(file)).toBe(MUCH);
        expectTime(file);
      });
    });
  });
});

test('removeOwn removes a file, and needs none', async () => {
  put('ours');
  await hands.removeOwn(file);
  await hands.removeOwn(file);
  expectOnly();
});

test('setTime gives a file its time, and changes nothing else', async () => {
  put('content');
  await hands.setTime(file, TIME);
  expect([text(file), rights(file)]).toEqual(['content', 0o640]);
  expectTime(file);
});

describe('transact', () => {
  test('makes no database where there is none', async () => {
    const none = path.join(folder, 'none.sqlite');
    const work = hands.transact(none, ({ ask }) => ask('SELECT 1'));
    await expect(work).rejects.toThrow(`there is no database at ${none}`);
    expect(fs.existsSync(none)).toBe(false);
  });

  const count = () => {
    const database = new DatabaseSync(file);
    const row = database.prepare('SELECT count(*) AS count FROM t').get();
    database.close();
    return row?.['count'];
  };
  beforeEach(() => {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    database.close();
  });

  test('does all of the work', async () => {
    const found = await hands.transact(file, ({ ask, run }) => {
      run('INSERT INTO t VALUES (2)');
      return ask('SELECT a FROM t ORDER BY a');
    });
    expect(found).toEqual([[1], [2]]);
    expect(count()).toBe(2);
  });

  test('or nothing of it', async () => {
    const work = hands.transact(file, ({ run }) => {
      run('INSERT INTO t VALUES (2)');
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(count()).toBe(1);
  });

  test('waits for others who write', async () => {
    const other = new DatabaseSync(file);
    other.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (2)');
    const work = hands.transact(file, ({ ask }) => ask('SELECT count(*) FROM t'));
    setTimeout(() => other.exec('COMMIT'), 300);
    expect(await work).toEqual([[2]]);
    other.close();
  });
});

describe('a folder of ours', () => {
  const within = () => path.join(folder, 'within');
  const fill = (name: string) => {
    fs.mkdirSync(path.join(within(), name, 'deep'), { recursive: true });
    fs.writeFileSync(path.join(within(), name, 'deep/one'), 'x');
    fs.symlinkSync(folder, path.join(within(), name, 'a way out'));
  };

  test('gets another name, over nothing that is there', async () => {
    put('outside');
    fill('old');
    await hands.renameOwnFolder(path.join(within(), 'old'), path.join(within(), 'new'));
    expect(fs.readdirSync(within())).toEqual(['new']);
    fill('old');
    await expect(
      hands.renameOwnFolder(path.join(within(), 'old'), path.join(within(), 'new')),
    ).rejects.toThrow('already something');
    expect(fs.readdirSync(within())).toEqual(['new', 'old']);
  });

  test('goes with all that is in it, and links in it lead nowhere', async () => {
    put('outside');
    fill('one');
    fill('other');
    await hands.removeOwnFolder(within(), 'one');
    expect(fs.readdirSync(within())).toEqual(['other']);
    expectOnly('file', 'within');
  });

  test.each(['..', '.', '', '../file', 'one/deep', 'one\\deep', 'not there', 'a file', 'a link'])(
    'nothing is removed by the name %j',
    async name => {
      put('outside');
      fill('one');
      fs.writeFileSync(path.join(within(), 'a file'), '');
      fs.symlinkSync(path.join(within(), 'one'), path.join(within(), 'a link'));
      await expect(hands.removeOwnFolder(within(), name)).rejects.toThrow();
      expectOnly('file', 'within');
      expect(fs.readdirSync(within()).sort()).toEqual(['a file', 'a link', 'one']);
      expect(fs.readdirSync(path.join(within(), 'one')).sort()).toEqual(['a way out', 'deep']);
    },
  );
});
