// The small files beside rollouts and databases.

/** Reads session_index.jsonl: the newest line of a thread wins, and a blank name is no name. */
export function readNames(bytes: Uint8Array): Record<string, string> {
  const names: Record<string, string> = {};
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line.trim() === '') continue;
    const entry = parse(line);
    const id = entry?.['id'];
    const name = entry?.['thread_name'];
    if (typeof id === 'string' && typeof name === 'string' && name.trim() !== '') names[id] = name;
  }
  return names;
}

/** Reads installation_id: one UUID for the whole home, whatever hosts share it. */
export function readInstallationId(bytes: Uint8Array): string | null {
  const text = new TextDecoder().decode(bytes).trim();
  return /^[0-9a-f-]{36}$/i.test(text) ? text : null;
}

function parse(line: string): { readonly [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
