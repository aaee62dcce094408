// Whether two hosts have one Codex home, from what can be compared without reading it. A copy of a home
// has the same installation id, and a disk that was copied as a whole even the same inodes; so that no
// single trait decides, and where they do not agree nothing is concluded.

import type { SeenFile, SeenHome, Sharing } from '../model/host.ts';

/** Two looks are seconds apart, and what a Codex writes meanwhile is as well. */
const ONE_MOMENT_S = 600;

/** What these call an inode is made up on each host for itself. */
const INVENTED_INODES =
  /^(?:fuse|macfuse|osxfuse|cifs|smb|9p|v9fs|drvfs|vboxsf|prl_fs|afpfs|webdav)/;

/** The same whichever of the two is named first. */
export function sharesHome(one: SeenHome, other: SeenHome): Sharing {
  if (hasOtherId(one, other))
    return { answer: 'no', because: ['Their installation ids are not the same.'] };
  const files = compareFiles(one, other);
  const canTrust = hasRealInodes(one) && hasRealInodes(other);
  const isSamePlace = placeOf(one) !== null && placeOf(one) === placeOf(other);
  if (isSamePlace && (!canTrust || files.same > 0 || files.both === 0))
    return { answer: 'yes', because: [SAME_PLACE, ...sayId(one, other), ...sayFiles(files)] };
  if (canTrust && !isSamePlace && files.both > 1 && files.same === 0)
    return { answer: 'no', because: [sayOthers(files), ...sayCopy(one, other)] };
  const hasSameFiles = files.same > files.both / 2 && files.isOfOneMoment && files.exact > 0;
  if (hasSameFiles && (hasSameId(one, other) || files.same > 1))
    return { answer: 'yes', because: [...sayFiles(files), ...sayId(one, other)] };
  return { answer: 'unknown', because: [whyUnknown(files, canTrust)] };
}

const SAME_PLACE = 'It is the same folder of the same file server.';

interface Compared {
  /** Files that are there on both. */
  readonly both: number;
  /** Those of them with one inode. */
  readonly same: number;
  /** Those of these that are of the same size and time as well. */
  readonly exact: number;
  /** No two times of one file are further apart than two looks. */
  readonly isOfOneMoment: boolean;
}

function compareFiles(one: SeenHome, other: SeenHome): Compared {
  const pairs = Object.entries(one.files).flatMap(([name, file]): [SeenFile, SeenFile][] => {
    const its = Object.hasOwn(other.files, name) ? other.files[name] : undefined;
    return its === undefined ? [] : [[file, its]];
  });
  const same = pairs.filter(([file, its]) => file.inode === its.inode);
  return {
    both: pairs.length,
    same: same.length,
    exact: same.filter(
      ([file, its]) => file.bytes === its.bytes && file.modifiedS === its.modifiedS,
    ).length,
    isOfOneMoment: pairs.every(
      ([file, its]) => Math.abs(file.modifiedS - its.modifiedS) <= ONE_MOMENT_S,
    ),
  };
}

/**
 * Where it lies on the server that has it: `server:/export` mounted at `/home` and `server:/export/ada`
 * mounted at `/home/ada` come to the same. Null where no server is named, or each host would mean itself.
 */
function placeOf({ path, mounted, filesystem }: SeenHome): string | null {
  if (mounted === null || filesystem?.isNetwork !== true) return null;
  const isNamed = /^(?:[^/]+:\/|\/\/[^/]+\/)/.test(mounted);
  const isItself = /^(?:\/\/)?(?:[^/@]*@)?(?:localhost|127\.|\[::1\])/i.test(mounted);
  const { mountPoint } = filesystem;
  const isBelow = path === mountPoint || path.startsWith(`${mountPoint.replace(/\/$/, '')}/`);
  if (!isNamed || isItself || !isBelow) return null;
  return `${mounted}/${path.slice(mountPoint.length)}`.replaceAll(/\/+/g, '/').replace(/\/$/, '');
}

function hasRealInodes({ filesystem }: SeenHome): boolean {
  return filesystem === null || !INVENTED_INODES.test(filesystem.type);
}

function hasOtherId({ installationId: one }: SeenHome, { installationId: other }: SeenHome) {
  return one !== null && other !== null && one !== other;
}

function hasSameId({ installationId: one }: SeenHome, { installationId: other }: SeenHome) {
  return one !== null && one === other;
}

function sayId(one: SeenHome, other: SeenHome): readonly string[] {
  return hasSameId(one, other) ? ['Their installation ids are the same.'] : [];
}

function sayFiles({ both, same }: Compared): readonly string[] {
  if (same === 0) return [];
  const which = same === both ? 'All' : `${String(same)} of the`;
  return [`${which} ${String(both)} state files that both have are the same files.`];
}

function sayOthers({ both }: Compared): string {
  return `None of the ${String(both)} state files that both have is the same file.`;
}

function sayCopy(one: SeenHome, other: SeenHome): readonly string[] {
  return hasSameId(one, other)
    ? ['Their installation ids are the same, as those of a copy are.']
    : [];
}

function whyUnknown({ both, same }: Compared, canTrust: boolean): string {
  if (both === 0) return 'Nothing that both have could be compared.';
  if (!canTrust && same === 0) return 'Their file systems do not tell one file from its copy.';
  if (same > 0)
    return 'Some of their files look like the same files, but not all traits agree; a disk that was copied as a whole looks so too.';
  return 'Too little of what both have could be compared.';
}
