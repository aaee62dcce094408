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
  if (state === null) return { file, state: 'broken', hosts: [], projects: [], threads: [] };
  const remote = remoteProjects(state['remote-projects']);
  const threads = assignedThreads(state['thread-project-assignments'], remote);
  const named = [...remote, ...threads].map(({ hostId }) => hostId);
  return {
    file,
    state: 'read',
    hosts: [...new Set(named)].sort(),
    projects: remote.map(({ hostId, path }) => ({ hostId, path })),
    threads,
  };
}

interface RemoteProject {
  readonly id: string | null;
  readonly hostId: string;
  readonly path: string;
}

function remoteProjects(listed: unknown): readonly RemoteProject[] {
  return (Array.isArray(listed) ? (listed as unknown[]) : []).flatMap(entry => {
    const { id, hostId, remotePath } = { ...NO_PROJECT, ...asObject(entry) };
    return typeof hostId === 'string' && typeof remotePath === 'string'
      ? [{ id: asText(id), hostId, path: remotePath }]
      : [];
  });
}

/** Nothing is known of what anybody has written there. */
type Unread<Names extends string> = Readonly<Record<Names, unknown>>;

const NO_PROJECT: Unread<'id' | 'hostId' | 'remotePath'> = {
  id: null,
  hostId: null,
  remotePath: null,
};

/** Some releases note the host beside the project, others the project alone. */
function assignedThreads(
  assigned: unknown,
  projects: readonly RemoteProject[],
): DesktopState['threads'] {
  const hostOf = new Map(projects.map(({ id, hostId }) => [id, hostId]));
  return Object.entries(asObject(assigned)).flatMap(([thread, value]) => {
    const { projectKind, projectId, hostId } = { ...NO_ASSIGNMENT, ...asObject(value) };
    const host = asText(hostId) ?? hostOf.get(asText(projectId) ?? '');
    return projectKind === 'remote' && host !== undefined ? [{ hostId: host, thread }] : [];
  });
}

const NO_ASSIGNMENT: Unread<'projectKind' | 'projectId' | 'hostId'> = {
  projectKind: null,
  projectId: null,
  hostId: null,
};

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
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
