// Spellings of directories. Codex writes down whatever its caller said, so that one directory has
// many spellings; here they become one. Pure: nothing is resolved, nothing is asked.

/** What decides how a path is written. */
export type PathSystem = 'linux' | 'darwin' | 'win32';

/**
 * One spelling for all spellings of a directory: no trailing separator, no `\\?\` prefix, no
 * `/private` on macOS, an upper-case drive letter, and a Windows drive as this system writes it.
 * A path that is not absolute stays as it is, since nobody knows what it is relative to.
 */
export function canonicalPath(path: string, system: PathSystem): string {
  if (PLAIN.test(path)) return path;
  const plain = withoutPrefix(path);
  const drive = asDrive(plain, system);
  if (drive !== null) return system === 'linux' ? drive.linux : drive.windows;
  if (plain.startsWith('\\\\')) return `\\\\${partsOf(plain.split(/[\\/]/)).join('\\')}`;
  if (!plain.startsWith('/')) return plain;
  const tidy = `/${partsOf(plain.split('/')).join('/')}`;
  return system === 'darwin' ? tidy.replace(/^\/private(?=\/(?:etc|tmp|var)(?:\/|$))/, '') : tidy;
}

/** Nearly every path: from the root, with nothing in it that could be spelt in another way. */
const PLAIN = /^(?!\/(?:mnt|private)\/)(?:\/(?!\.?(?:\/|$))[^/]*)+$/;

/** Whether two spellings are of one directory. Windows drives do not tell cases apart. */
export function sameDirectory(one: string, other: string, system: PathSystem): boolean {
  return one === other || directoryKey(one, system) === directoryKey(other, system);
}

/** Equal for all spellings of one directory; not meant for reading. */
export function directoryKey(path: string, system: PathSystem): string {
  const canonical = canonicalPath(path, system);
  const isOnDrive = asDrive(canonical, system) !== null || canonical.startsWith('\\\\');
  return isOnDrive ? canonical.toLowerCase() : canonical;
}

/** Whether a path says by itself where it is. */
export function isAbsolutePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}

/** The name of the directory, without what is above it. */
export function lastName(path: string): string {
  return path.split(/[\\/]/).findLast(part => part !== '') ?? path;
}

const TEMPORARY: Readonly<Record<PathSystem, RegExp>> = {
  linux: /^(?:\/tmp|\/var\/tmp|\/dev\/shm)(?:\/|$)/,
  // Each account of macOS has a folder of its own below /var/folders; T is for temporary.
  darwin: /^(?:\/tmp|\/var\/tmp|\/var\/folders\/[^/]+\/[^/]+\/T)(?:\/|$)/,
  win32: /^[A-Za-z]:\\(?:Windows\\Temp|Temp|Tmp|Users\\[^\\]+\\AppData\\Local\\Temp)(?:\\|$)/i,
};

/** The same places as Linux sees them from inside Windows. */
const TEMPORARY_ON_DRIVE =
  /^\/mnt\/[a-z]\/(?:windows\/temp|temp|tmp|users\/[^/]+\/appdata\/local\/temp)(?:\/|$)/i;

/** A path and what is above it, itself first, up to the root. */
export function withAllAbove(path: string): readonly string[] {
  const found: string[] = [];
  for (let at = withoutEnd(path); at !== ''; at = parentOf(at)) found.push(at);
  return found;
}

/** The directory above; empty above a root. */
export function parentOf(path: string): string {
  const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  const isRoot = at < 0 || at === path.length - 1;
  if (isRoot) return '';
  const above = path.slice(0, at);
  return above === '' || /^[A-Za-z]:$/.test(above) ? path.slice(0, at + 1) : above;
}

/** What follows a directory in the path of something below it, with the separator; null when it lies elsewhere. */
export function restBelow(path: string, folder: string, system: PathSystem): string | null {
  const top = withoutEnd(folder);
  if (sameDirectory(path, top, system)) return '';
  const isBelow = '/\\'.includes(path[top.length] ?? '.');
  return isBelow && sameDirectory(path.slice(0, top.length), top, system)
    ? withoutEnd(path.slice(top.length))
    : null;
}

/** The nearest directory that holds all of these, or is one of them. */
export function commonDirectory(paths: readonly string[], system: PathSystem): string | null {
  const [first = '', ...others] = paths;
  const holdsAll = (folder: string) => others.every(one => restBelow(one, folder, system) !== null);
  return withAllAbove(first).find(holdsAll) ?? null;
}

/**
 * Where a directory is after another one was moved: it is that one, lies in it, or holds it and has moved
 * along, as what is below it shows. Anything else stays where it is.
 */
export function directoryAfterMove(
  path: string,
  from: string,
  to: string,
  system: PathSystem,
): string {
  const inside = restBelow(path, from, system);
  if (inside !== null) return withoutEnd(to) + inside;
  const outside = restBelow(from, path, system);
  return outside !== null && to.endsWith(outside) ? to.slice(0, -outside.length) : path;
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/(?<=[^:])[\\/]+$/, '') : path;
}

/** Whether a directory is in a place that the system empties: nobody expects it to last. */
export function isTemporaryDirectory(path: string, system: PathSystem): boolean {
  const canonical = canonicalPath(path, system);
  return (
    TEMPORARY[system].test(canonical) || (system === 'linux' && TEMPORARY_ON_DRIVE.test(canonical))
  );
}

/** `\\?\C:\x` → `C:\x`, `\\?\UNC\server\x` → `\\server\x`. */
function withoutPrefix(path: string): string {
  if (/^\\\\\?\\UNC\\/i.test(path)) return `\\\\${path.slice('\\\\?\\UNC\\'.length)}`;
  return path.replace(/^\\\\\?\\(?=[A-Za-z]:)/, '');
}

/** A directory on a Windows drive, as Windows and as Linux inside Windows write it. */
function asDrive(
  path: string,
  system: PathSystem,
): { readonly windows: string; readonly linux: string } | null {
  const match =
    /^([A-Za-z]):(?:[\\/]+|$)(.*)$/s.exec(path) ??
    // Windows mounts its drives there inside Linux; on macOS /mnt/c is a directory like any other.
    (system === 'darwin' ? null : /^\/mnt\/([a-z])(?:\/+|$)(.*)$/s.exec(path));
  if (match === null) return null;
  const [, letter = '', rest = ''] = match;
  const parts = partsOf(rest.split(/[\\/]/));
  return {
    windows: `${letter.toUpperCase()}:\\${parts.join('\\')}`,
    linux: ['', 'mnt', letter.toLowerCase(), ...parts].join('/'),
  };
}

function partsOf(parts: readonly string[]): readonly string[] {
  return parts.filter(part => part !== '' && part !== '.');
}
