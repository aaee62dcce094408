// One home or two? Homes as hosts really have them, and those that only look alike.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sharesHome } from '../../src/engine/hosts/sharing.ts';
import type { SeenFile, SeenHome } from '../../src/engine/model/host.ts';

const ID = '0d6f0a3c-5b9e-4f1e-8c47-2f6a3f1d9b10';
const NFS = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' };
const DISK = { type: 'ext4', isNetwork: false, mountPoint: '/', options: 'rw' };
const SSHFS = { type: 'fuse.sshfs', isNetwork: true, mountPoint: '/home/ada', options: 'rw' };

const files = {
  'state_5.sqlite': { inode: '811', bytes: 90_112, modifiedS: 1_795_000_000 },
  'logs_2.sqlite': { inode: '812', bytes: 409_600, modifiedS: 1_795_000_020 },
  'session_index.jsonl': { inode: '830', bytes: 120, modifiedS: 1_794_000_000 },
};

const onNfs: SeenHome = {
  path: '/home/ada/.codex',
  installationId: ID,
  filesystem: NFS,
  mounted: 'nas:/export/home',
  files,
};
const onDisk: SeenHome = { ...onNfs, filesystem: DISK, mounted: '/dev/sda1' };

function changed(change: (file: SeenFile) => Partial<SeenFile>): SeenHome['files'] {
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, { ...file, ...change(file) }]),
  );
}

const otherInodes = changed(({ inode }) => ({ inode: `9${inode}` }));
const hoursLater = changed(({ modifiedS }) => ({ modifiedS: modifiedS + 7200, bytes: 1 }));

describe('one home', () => {
  test.each<[string, SeenHome, SeenHome]>([
    ['a folder of one server', onNfs, onNfs],
    [
      'one server, mounted for each person on the one and as a whole on the other',
      onNfs,
      {
        ...onNfs,
        mounted: 'nas:/export/home/ada',
        filesystem: { ...NFS, mountPoint: '/home/ada' },
      },
    ],
    ['one server by two names', onNfs, { ...onNfs, mounted: 'nas.cluster:/export/home' }],
    ['the server itself, and who has it from there', onNfs, onDisk],
    ['two containers of one machine', onDisk, onDisk],
    ['a home that is older than installation ids', { ...onNfs, installationId: null }, onNfs],
    [
      'while a Codex writes in between',
      onDisk,
      {
        ...onDisk,
        files: {
          ...files,
          'logs_2.sqlite': { inode: '812', bytes: 500_000, modifiedS: 1_795_000_050 },
        },
      },
    ],
    ['hours between two looks at one server', onNfs, { ...onNfs, files: hoursLater }],
    [
      'while an index is written anew',
      onNfs,
      {
        ...onNfs,
        files: { ...files, 'session_index.jsonl': { inode: '9', bytes: 1, modifiedS: 9 } },
      },
    ],
    [
      'while an index is written anew on a disk that containers share',
      onDisk,
      {
        ...onDisk,
        files: {
          ...files,
          'session_index.jsonl': { inode: '9', bytes: 1, modifiedS: 1_794_000_010 },
        },
      },
    ],
    [
      'a file system that makes its inodes up, of one server',
      { ...onNfs, filesystem: SSHFS, mounted: 'ada@nas:/home/ada' },
      { ...onNfs, filesystem: SSHFS, mounted: 'ada@nas:/home/ada', files: otherInodes },
    ],
  ])('%s', (_, one, other) => expect(sharesHome(one, other).answer).toBe('yes'));
});

describe('two homes', () => {
  test.each<[string, SeenHome, SeenHome]>([
    ['another installation id', onNfs, { ...onNfs, installationId: ID.replace('0', '1') }],
    ['a copy on another disk', onDisk, { ...onDisk, files: otherInodes }],
    [
      'a copy beside it on the same server',
      onNfs,
      { ...onNfs, path: '/home/ada/.codex-old', files: otherInodes },
    ],
    ['a copy on disk of what lies on a server', onNfs, { ...onDisk, files: otherInodes }],
  ])('%s', (_, one, other) => expect(sharesHome(one, other).answer).toBe('no'));
});

describe('nobody can tell', () => {
  const nothing = { ...onNfs, installationId: null, mounted: null, files: {} };
  test.each<[string, SeenHome, SeenHome]>([
    ['nothing was seen of the one', onNfs, nothing],
    [
      'a machine that was copied as a whole, and used since',
      onDisk,
      { ...onDisk, files: hoursLater },
    ],
    [
      'the same, where one file was not written since',
      onDisk,
      { ...onDisk, files: { ...hoursLater, 'session_index.jsonl': files['session_index.jsonl'] } },
    ],
    [
      'the same folder of what each host calls itself',
      { ...onNfs, filesystem: SSHFS, mounted: 'localhost:/home/ada' },
      { ...onNfs, filesystem: SSHFS, mounted: 'localhost:/home/ada', files: otherInodes },
    ],
    ['one server, but other files', onNfs, { ...onNfs, files: otherInodes }],
    [
      'a copy where inodes are made up',
      { ...onNfs, filesystem: { ...NFS, type: 'cifs' }, mounted: '//nas/one' },
      { ...onNfs, filesystem: { ...NFS, type: 'cifs' }, mounted: '//nas/two', files: otherInodes },
    ],
  ])('%s', (_, one, other) => {
    expect(sharesHome(one, other)).toEqual({ answer: 'unknown', because: [expect.any(String)] });
  });
});

test('it says on what that stands', () => {
  expect(sharesHome(onNfs, onNfs).because).toEqual([
    'It is the same folder of the same file server.',
    'Their installation ids are the same.',
    'All 3 state files that both have are the same files.',
  ]);
  expect(sharesHome(onDisk, { ...onDisk, files: otherInodes }).because).toEqual([
    'None of the 3 state files that both have is the same file.',
    'Their installation ids are the same, as those of a copy are.',
  ]);
});

const seenFile = fc.record({
  inode: fc.constantFrom('1', '2', '3'),
  bytes: fc.constantFrom(1, 2),
  modifiedS: fc.constantFrom(1, 2, 9000),
});
const seenHome: fc.Arbitrary<SeenHome> = fc.record({
  path: fc.constantFrom('/home/ada/.codex', '/home/ada/x'),
  installationId: fc.constantFrom(null, ID, 'other'),
  filesystem: fc.constantFrom(null, NFS, DISK, SSHFS),
  mounted: fc.constantFrom(null, 'nas:/home', 'localhost:/home', '/dev/sda1'),
  files: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), seenFile, {
    noNullPrototype: true,
  }),
});

test('it is the same whichever is named first, and always gives a reason', () => {
  fc.assert(
    fc.property(seenHome, seenHome, (one, other) => {
      const sharing = sharesHome(one, other);
      expect(sharing).toEqual(sharesHome(other, one));
      expect(sharing.because.length).toBeGreaterThan(0);
    }),
  );
});
