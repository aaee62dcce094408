// What file system a path is on. Found out from tables that the system keeps in memory, because
// touching a path on a network mount whose server is gone waits for ever.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Filesystem } from '../engine/model/database.ts';

/** Null where the system does not say. */
export async function filesystemOf(file: string): Promise<Filesystem | null> {
  if (process.platform === 'win32') return windowsFilesystem(file, process.env['SystemDrive']);
  const mounts = await readMounts();
  return mountOf(resolveOnLocalMounts(file, mounts), mounts);
}

/** Every mount of this system, a later one over an earlier one; empty where there is no table. */
export async function readMounts(): Promise<readonly Filesystem[]> {
  try {
    switch (process.platform) {
      case 'linux':
        return parseMountinfo(fs.readFileSync('/proc/self/mountinfo', 'utf8'));
      case 'darwin':
        return parseMountOutput(await outputOfMount());
      default:
        return [];
    }
  } catch {
    return [];
  }
}

/** The mount that holds a path: the longest mount point above it, the last of several there. */
export function mountOf(file: string, mounts: readonly Filesystem[]): Filesystem | null {
  let best: Filesystem | null = null;
  for (const mount of mounts)
    if (
      isAtOrBelow(file, mount.mountPoint) &&
      mount.mountPoint.length >= (best?.mountPoint.length ?? 0)
    )
      best = mount;
  return best;
}

/** Whether a server or a helper program answers for it, so that asking it may take for ever. */
export function mayHang({ type, isNetwork }: Filesystem): boolean {
  return isNetwork || type === 'autofs' || /^(?:fuse\.|fuse$|macfuse|osxfuse)/.test(type);
}

/**
 * `36 35 98:0 /root /mount/point rw,noatime shared:1 - ext4 /dev/sda1 rw,errors=continue`:
 * the fifth field is the place, the type follows the lone dash.
 */
export function parseMountinfo(text: string): readonly Filesystem[] {
  return text.split('\n').flatMap(line => {
    const [before = '', after] = line.split(' - ');
    const [, , , , mountPoint, options = ''] = before.split(' ');
    const [type, , superOptions = ''] = (after ?? '').split(' ');
    if (mountPoint === undefined || type === undefined || type === '') return [];
    return [
      {
        type,
        isNetwork: SHARED_TYPES.has(type),
        mountPoint: unescapeOctal(mountPoint),
        options: joinOptions(`${options},${superOptions}`),
      },
    ];
  });
}

/**
 * macOS: `//ada@nas/home on /Volumes/home (smbfs, nodev, nosuid, mounted by ada)`.
 * The kernel itself says what is `local`; an automounter's own trigger is neither.
 */
export function parseMountOutput(text: string): readonly Filesystem[] {
  return text.split('\n').flatMap(line => {
    const match = /^.*? on (\/.*) \(([^()]+)\)$/.exec(line);
    if (match === null) return [];
    const [, mountPoint = '/', list = ''] = match;
    const [type = 'unknown', ...options] = list.split(', ');
    const isNetwork = type !== 'autofs' && !options.includes('local');
    return [{ type, isNetwork, mountPoint, options: joinOptions(options.join(',')) }];
  });
}

/**
 * Windows: the form of a path tells a server's share. Whether a letter is a mapped drive could
 * only be learnt by touching it, so every letter but the system's own is of unknown type.
 */
export function windowsFilesystem(
  file: string,
  systemDrive: string | undefined,
): Filesystem | null {
  const plain = file
    .replaceAll('/', '\\')
    .replace(/^\\\\[?.]\\UNC\\/i, '\\\\')
    .replace(/^\\\\[?.]\\/, '');
  const share = /^\\\\([^\\]+)\\[^\\]+/.exec(plain);
  if (share !== null) {
    const isWsl = /^wsl(?:\$|\.localhost)$/i.test(share[1] ?? '');
    return { type: isWsl ? '9p' : 'smb', isNetwork: true, mountPoint: share[0], options: '' };
  }
  const drive = /^[a-z]:/i.exec(plain)?.[0];
  if (drive === undefined) return null;
  const isSystem = drive.toLowerCase() === systemDrive?.toLowerCase();
  return {
    type: isSystem ? 'ntfs' : 'unknown',
    isNetwork: false,
    mountPoint: `${drive}\\`,
    options: '',
  };
}

/**
 * Follows links, part by part, and only on mounts that cannot hang: at the border of one that may,
 * the rest stays as it is written.
 */
export function resolveOnLocalMounts(file: string, mounts: readonly Filesystem[]): string {
  let rest = path.resolve(file).split('/').filter(Boolean);
  let resolved = '';
  for (let links = 0; rest.length > 0;) {
    const [part = '', ...others] = rest;
    const next = part === '..' ? path.dirname(resolved || '/') : `${resolved}/${part}`;
    const mount = mountOf(next, mounts);
    if (mount === null || mayHang(mount)) return [next, ...others].join('/');
    const target = part === '..' ? null : readLink(next);
    if (target === null) resolved = next === '/' ? '' : next;
    else if ((links += 1) > MAX_LINKS) return [next, ...others].join('/');
    else if (target.startsWith('/')) resolved = '';
    rest = [...(target ?? '').split('/').filter(name => name !== '' && name !== '.'), ...others];
  }
  return resolved || '/';
}

const MAX_LINKS = 40;

/**
 * Types behind which another kernel may hold the same files. SQLite's locks and its shared memory
 * do not reach there, and nobody here sees who holds a file there. That, and not a wire, is what
 * "network" means to us: the shares of virtual machines, of WSL and of clusters belong to it.
 */
const SHARED_TYPES: ReadonlySet<string> = new Set([
  ...['nfs', 'nfs4', 'cifs', 'smb3', 'smbfs', 'ncpfs', 'ncp', 'afs', 'coda', 'davfs'],
  ...['lustre', 'ceph', 'gpfs', 'beegfs', 'fhgfs', 'glusterfs', 'orangefs', 'pvfs2', 'panfs'],
  ...['wekafs', 'cvfs', 'gfs2', 'ocfs2', 'acfs'],
  // A virtual machine and its host; WSL reaches Windows drives through the first three.
  ...['9p', 'drvfs', 'virtiofs', 'vboxsf', 'vmhgfs', 'prl_fs', 'fakeowner'],
  ...['fuse.sshfs', 'fuse.glusterfs', 'fuse.ceph', 'fuse.ceph-fuse', 'fuse.rclone', 'fuse.s3fs'],
  ...['fuse.gcsfuse', 'fuse.blobfuse', 'fuse.blobfuse2', 'fuse.goofys', 'fuse.mount-s3'],
  ...['fuse.davfs', 'fuse.davfs2', 'fuse.smbnetfs', 'fuse.curlftpfs', 'fuse.gvfsd-fuse'],
  ...['fuse.kio-fuse', 'fuse.juicefs', 'fuse.mfs', 'fuse.moosefs', 'fuse.lizardfs', 'fuse.quobyte'],
  ...['fuse.seaweedfs', 'fuse.vmhgfs-fuse', 'fuse.osxfs', 'fuse.grpcfuse', 'fuse.cvmfs2'],
]);

/** Who mounted what from where, and the layers of a container, are nobody's business in a report. */
const PRIVATE_OPTION =
  /^(?:user|username|pass|password|domain|credentials|lowerdir|upperdir|workdir|mounted by .*)(?:=|$)/;

function joinOptions(list: string): string {
  const options = list.split(',').filter(option => option !== '' && !PRIVATE_OPTION.test(option));
  return [...new Set(options)].join(',');
}

function isAtOrBelow(file: string, folder: string): boolean {
  return folder === '/' || file === folder || file.startsWith(`${folder}/`);
}

/** The kernel writes blank, tab, line end and backslash as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function readLink(file: string): string | null {
  try {
    return fs.readlinkSync(file);
  } catch {
    return null;
  }
}

async function outputOfMount(): Promise<string> {
  // Without arguments it prints the kernel's table and asks no server.
  const { stdout } = await promisify(execFile)('/sbin/mount', [], { timeout: 2000 });
  return stdout;
}
