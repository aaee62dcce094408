// Paths of the machine that was scanned ↔ `file:` addresses. Not by Node's functions, which know
// only the system they run on.

type System = 'linux' | 'darwin' | 'win32';

export function toFileUri(path: string, system: System): string {
  const slashed = system === 'win32' ? path.replaceAll('\\', '/') : path;
  const encoded = slashed.split('/').map(encodeURIComponent).join('/');
  if (encoded.startsWith('//')) return `file:${encoded}`;
  return encoded.startsWith('/') ? `file://${encoded}` : `file:///${encoded}`;
}

/** The path in a form in which paths can be compared; null when it is no address of a file. */
export function comparablePath(uri: string, system: System): string | null {
  const match = /^file:\/\/([^/]*)(\/.*)$/.exec(uri);
  const [, host = '', encoded] = match ?? [];
  if (encoded === undefined) return null;
  const decoded = decode(encoded);
  if (decoded === null) return null;
  const path = host !== '' ? `//${host}${decoded}` : decoded.replace(/^\/([A-Za-z]:)/, '$1');
  return comparable(path, system);
}

export function comparable(path: string, system: System): string {
  const slashed = system === 'win32' ? path.replaceAll('\\', '/').toLowerCase() : path;
  return slashed.replace(/(.)\/+$/, '$1');
}

export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
