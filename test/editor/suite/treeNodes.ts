// Nodes as the server sends them, and a client that answers with what a test wants.

import { EventEmitter } from 'vscode';
import type { Client } from '../../../src/extension/client.ts';
import type { Shown, Visibility } from '../../../src/engine/model/report.ts';
import type {
  DatabaseNode,
  FindingNode,
  HealthTree,
  HostNode,
  ProjectNode,
  ThreadNode,
  ThreadsAnswer,
  ThreadsRequest,
} from '../../../src/protocol/tree.ts';

export const finding: FindingNode = {
  kind: 'finding',
  id: 'thread-row-missing:t',
  check: 'thread-row-missing',
  title: 'Thread is not in the database',
  severity: 'warning',
  says: 'It is on disk, and *not* in the [database](command:evil).',
  subject: { kind: 'thread', key: 't', path: null },
  place: { uri: 'codex-health://k/thread/t', line: 33, startCharacter: 22, endCharacter: 26 },
  threads: 1,
  cures: [],
};

export const thread: ThreadNode = {
  kind: 'thread',
  id: 't',
  uri: 'codex-health://k/thread/t',
  title: 'Mend <b>the</b> `roof` $(error)',
  archived: false,
  project: '/home/ada/roof',
  provider: 'openai',
  live: null,
  children: [],
  moreChildren: 0,
  updatedAtMs: Date.now() - 3 * 3_600_000,
  severity: 'warning',
  visibility: null,
  findings: [finding],
};

export const sound: ThreadNode = { ...thread, severity: null, findings: [] };

export function numbered(number: number): ThreadNode {
  const id = `n${String(number)}`;
  return { ...sound, id, uri: `codex-health://k/thread/${id}`, title: id };
}

export const project: ProjectNode = {
  kind: 'project',
  host: 'bench',
  path: '/home/ada/roof',
  name: 'roof',
  counts: { threads: 2, inTrouble: 1 },
  severity: 'error',
  updatedAtMs: 1,
  isThere: true,
  worktrees: [],
};

export const database: DatabaseNode = {
  kind: 'database',
  host: 'bench',
  key: 'state_5.sqlite',
  uri: 'codex-health://k/database/state_5.sqlite',
  bytes: 3 * 1024 * 1024,
  trouble: null,
  severity: null,
  findings: [],
};

export const host: HostNode = {
  kind: 'host',
  name: 'bench',
  hostname: 'bench',
  isHere: true,
  seenAtMs: null,
  isLooking: false,
  alsoFrom: [],
  hasHome: true,
  homePath: '/home/ada/.codex',
  uri: 'codex-health://k/home',
  counts: { threads: 2, inTrouble: 1 },
  projects: [project],
  findings: [],
  databases: [database],
  gaps: [],
};

export const healthTree: HealthTree = {
  state: 'read',
  homePath: '/home/ada/.codex',
  nothingLost: { answer: 'yes', says: 'All is there.' },
  threadsInTrouble: 1,
  troublesOfHome: 0,
  interrupted: null,
  hasCodex: true,
  noting: true,
  hosts: [host],
};

export function visibleTo(vscode: Shown['shown'], why: string | null = null): Visibility {
  const shown: Shown = { shown: vscode, why };
  const yes: Shown = { shown: true, why: null };
  return {
    scanList: yes,
    databaseList: yes,
    newest50: shown,
    resumable: { answer: true, why: null },
    surfaces: { vscode: shown, resumePicker: yes, desktop: { shown: 'unknown', why: null } },
  };
}

export interface StandIn {
  readonly client: Client;
  /** What was asked for, as `name params`. */
  readonly asked: string[];
  tree: () => Promise<HealthTree>;
  threads: (request: ThreadsRequest) => ThreadsAnswer;
}

/** A server that answers at once, as a test says. */
export function standIn(): StandIn {
  const changed = new EventEmitter<void>();
  const answers: Pick<StandIn, 'tree' | 'threads'> = {
    tree: () => Promise.resolve(healthTree),
    threads: () => ({ threads: [thread], more: 0 }),
  };
  const asked: string[] = [];
  const ask = (name: string, params?: unknown): Promise<unknown> => {
    asked.push(`${name} ${JSON.stringify(params)}`);
    return name === 'codexHealth/tree'
      ? self.tree()
      : Promise.resolve(self.threads(params as ThreadsRequest));
  };
  const self: StandIn = {
    ...answers,
    asked,
    client: { ask: ask as Client['ask'], onChanged: changed.event },
  };
  return self;
}
