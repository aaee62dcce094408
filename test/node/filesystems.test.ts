// Tables as the systems print them. Only Linux's own was also read for real, in the last tests.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  filesystemOf,
  mayHang,
  mountOf,
  parseMountinfo,
  parseMountOutput,
  resolveOnLocalMounts,
  windowsFilesystem,
} from '../../src/node/filesystems.ts';

const LINUX = String.raw`22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
40 27 0:40 / /home rw,relatime shared:9 master:2 - nfs4 nas:/export/home rw,vers=4.2,nolock,local_lock=none,addr=10.0.0.1
41 40 254:7 / /home/ada/local\040disk rw,noatime - xfs /dev/vdb rw
42 27 0:42 / /mnt/c rw,noatime - 9p drvfs rw,dirsync,aname=drvfs;path=C:\134;uid=1000,trans=fd
43 27 0:43 / /srv/share rw - cifs //nas/share rw,vers=3.1.1,username=ada,domain=OFFICE,cache=strict
44 27 0:44 / /net rw - autofs auto.net rw,fd=5,indirect
45 27 0:45 / /remote rw - fuse.sshfs box:/ rw,user_id=1000
46 27 0:46 / /vault rw - fuse.gocryptfs /c rw,user_id=1000
47 27 254:3 / /opt rw - ext4 /dev/vdc rw
48 47 0:48 / /opt rw - btrfs /dev/vdd rw,subvol=/
`;

describe('the mount table of Linux', () => {
  const mounts = parseMountinfo(LINUX);
  const on = (file: string) => {
    const mount = mountOf(file, mounts);
    return `${mount?.type ?? 'none'} at ${mount?.mountPoint ?? 'none'}`;
  };

  test('the longest mount point above a path holds it', () => {
    expect(on('/etc/passwd')).toBe('ext4 at /');
    expect(on('/home')).toBe('nfs4 at /home');
    expect(on('/home/ada/.codex')).toBe('nfs4 at /home');
    expect(on('/home/ada/local disk/x')).toBe('xfs at /home/ada/local disk');
    expect(on('/homework')).toBe('ext4 at /');
  });

  test('a later mount covers an earlier one at the same place', () => {
    expect(on('/opt/x')).toBe('btrfs at /opt');
  });

  test.each([
    ['/home/ada', true],
    ['/mnt/c/Users', true],
    ['/srv/share', true],
    ['/remote', true],
    ['/vault', false],
    ['/net/host', false],
    ['/etc', false],
  ])('whether another kernel may hold files of %s: %s', (file, isNetwork) => {
    expect(mountOf(file, mounts)?.isNetwork).toBe(isNetwork);
  });

  test('what an automounter or a helper program answers for may hang as well', () => {
    const doubtful = mounts.filter(mayHang).map(({ mountPoint }) => mountPoint);
    expect(doubtful).toEqual([
      ...['/home', '/mnt/c', '/srv/share'],
      ...['/net', '/remote', '/vault'],
    ]);
  });

  test('options of mount and file system are one list, without names of people', () => {
    expect(mountOf('/home', mounts)?.options).toBe(
      'rw,relatime,vers=4.2,nolock,local_lock=none,addr=10.0.0.1',
    );
    expect(mountOf('/srv/share', mounts)?.options).toBe('rw,vers=3.1.1,cache=strict');
    expect(mountOf('/mnt/c', mounts)?.options).toContain('path=C:\\134');
  });

  test('what is no table gives nothing', () => {
    expect(parseMountinfo('')).toEqual([]);
    expect(parseMountinfo('hello\nworld - \n')).toEqual([]);
    expect(mountOf('/x', [])).toBeNull();
  });
});

test('the output of mount on macOS', () => {
  const mounts = parseMountOutput(`/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
devfs on /dev (devfs, local, nobrowse)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse, protect, root data)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
//ada@nas._smb._tcp.local/My%20Files on /Volumes/My Files (smbfs, nodev, nosuid, mounted by ada)
nas:/export on /Volumes/export (1) (nfs, nodev, nosuid, mounted by ada)
box:/ on /Volumes/box (macfuse, nodev, nosuid, synchronous, mounted by ada)
`);
  expect(mounts.map(({ type, isNetwork, mountPoint }) => [mountPoint, type, isNetwork])).toEqual([
    ['/', 'apfs', false],
    ['/dev', 'devfs', false],
    ['/System/Volumes/Data', 'apfs', false],
    ['/System/Volumes/Data/home', 'autofs', false],
    ['/Volumes/My Files', 'smbfs', true],
    ['/Volumes/export (1)', 'nfs', true],
    ['/Volumes/box', 'macfuse', true],
  ]);
  expect(mounts[4]?.options).toBe('nodev,nosuid');
});

test.each([
  ['C:\\Users\\ada\\.codex', 'ntfs at C:\\'],
  ['\\\\?\\C:\\Users', 'ntfs at C:\\'],
  ['D:/work', 'unknown at D:\\'],
  ['\\\\nas\\share\\x', 'smb at \\\\nas\\share, shared'],
  ['\\\\?\\UNC\\nas\\share\\x', 'smb at \\\\nas\\share, shared'],
  ['\\\\wsl$\\Ubuntu\\home\\ada', '9p at \\\\wsl$\\Ubuntu, shared'],
  ['\\\\wsl.localhost\\Ubuntu\\home', '9p at \\\\wsl.localhost\\Ubuntu, shared'],
  ['/home/ada', 'none'],
  ['work', 'none'],
])('the form of a Windows path: %s is %s', (file, expected) => {
  const found = windowsFilesystem(file, 'c:');
  const shared = found?.isNetwork === true ? ', shared' : '';
  expect(found === null ? 'none' : `${found.type} at ${found.mountPoint}${shared}`).toBe(expected);
});

describe.runIf(process.platform === 'linux')('on this machine', () => {
  test('links are followed up to a mount that may hang, and not into it', () => {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'filesystems-')));
    fs.mkdirSync(`${folder}/nas/real`, { recursive: true });
    fs.mkdirSync(`${folder}/a/b`, { recursive: true });
    fs.symlinkSync('../nas', `${folder}/a/relative`);
    fs.symlinkSync('/elsewhere', `${folder}/nas/link`);
    fs.symlinkSync('loop', `${folder}/loop`);
    const root = { type: 'ext4', isNetwork: false, mountPoint: '/', options: '' };
    const nas = { type: 'nfs', isNetwork: true, mountPoint: `${folder}/nas`, options: '' };
    const resolve = (file: string, mounts = [root, nas]) =>
      resolveOnLocalMounts(folder + file, mounts).replace(folder, '');
    expect(resolve('/a/relative/link/x')).toBe('/nas/link/x');
    expect(resolve('/a/relative/link/x', [root])).toBe('/elsewhere/x');
    expect(resolve('/a/gone/x')).toBe('/a/gone/x');
    expect(resolve('/a/b/../b')).toBe('/a/b');
    expect(resolve('/loop/x')).toMatch(/loop/);
    fs.rmSync(folder, { recursive: true });
  });

  test('the real table is read', async () => {
    expect((await filesystemOf('/proc/self/fd'))?.type).toBe('proc');
    expect(await filesystemOf('/')).toMatchObject({ mountPoint: '/', isNetwork: false });
  });
});
