// The small files beside rollouts and databases.

import type { DesktopState } from '../model/snapshot.ts';
import type { FilePath } from '../model/words.ts';

/** Reads session_index.jsonl: the newest line of a thread wins, and a blank name is no name. */
export function readNames(bytes: Uint8Array): Record<string, string> {
  // Without a prototype, which has names of its own, such as "constructor".
  const names = Object.create(null) as Record<string, string>;
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

/** Reads what the desktop app knows of hosts and their projects; nothing else of its state. */
export function readDesktopState(file: FilePath, bytes: Uint8Array): DesktopState {
  const state = parse(new TextDecoder().decode(bytes));
  if (state === null) return { file, state: 'broken', hosts: [], projects: [] };
  const remote = Array.isArray(state['remote-projects']) ? state['remote-projects'] : [];
  const projects = (remote as unknown[]).flatMap(entry => {
    const { hostId, remotePath } = { hostId: null, remotePath: null, ...asObject(entry) };
    return typeof hostId === 'string' && typeof remotePath === 'string'
      ? [{ hostId, path: remotePath }]
      : [];
  });
  return {
    file,
    state: 'read',
    hosts: [...new Set(projects.map(({ hostId }) => hostId))].sort(),
    projects,
  };
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function parse(line: string): { readonly [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
