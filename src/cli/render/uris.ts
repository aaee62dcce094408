// Paths as addresses, as RFC 3986 and RFC 8089 write them.

export function fileUri(path: string): string {
  const slashed = /^(?:[A-Za-z]:)?\\|^[A-Za-z]:\//.test(path) ? path.replaceAll('\\', '/') : path;
  if (slashed.startsWith('//')) {
    // A share of another machine: its name is the address's authority.
    const [host = '', ...rest] = slashed.slice(2).split('/');
    return `file://${encodeURIComponent(host)}/${rest.map(encodeURIComponent).join('/')}`;
  }
  const rooted = slashed.startsWith('/') ? slashed : `/${slashed}`;
  return `file://${rooted.split('/').map(encodePart).join('/')}`;
}

/** A folder's address ends with a slash, so that others can be read against it. */
export function folderUri(path: string): string {
  const uri = fileUri(path);
  return uri.endsWith('/') ? uri : `${uri}/`;
}

export function relativeUri(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
}

/** A drive's colon stands as it is. */
function encodePart(part: string): string {
  return /^[A-Za-z]:$/.test(part) ? part : encodeURIComponent(part);
}
