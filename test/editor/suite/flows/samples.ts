// What a server could answer, as small as its types allow.

import type { CureOffer } from '../../../../src/engine/model/finding.ts';
import type {
  HistoryShown,
  HolderShown,
  PlanShown,
  RefusedShown,
  RepairDone,
  Wish,
} from '../../../../src/protocol/repairs.ts';
import type {
  FindingNode,
  HealthTree,
  ProjectNode,
  ThreadDetails,
  ThreadNode,
} from '../../../../src/protocol/tree.ts';

export const RECEIPT = '20261121T020000Z-4f2a';

export function planOf(wish: Wish, more: Partial<PlanShown> = {}): PlanShown {
  return {
    wish,
    sha: 'sha256-1',
    uri: 'codex-health://key/plan/all',
    repairs: 1,
    losses: [],
    needs: [],
    backupBytes: 2048,
    refused: [],
    withoutStopping: null,
    holders: [],
    elsewhere: [],
    ...more,
  };
}

export function refusedOf(why: string, more: Partial<RefusedShown> = {}): RefusedShown {
  return { finding: `f ${why}`, why, next: 'Do this.', isSettled: false, ...more };
}

export function doneOf(more: Partial<RepairDone> = {}): RepairDone {
  return {
    receipt: RECEIPT,
    applied: 1,
    healed: ['thread-path-stale:a'],
    remaining: [],
    skipped: [],
    failed: [],
    unplanned: [],
    uncovered: [],
    recovered: [],
    confirmed: { codex: 'codex 0.169.0', why: null, shown: 1, missing: [] },
    made: null,
    used: null,
    ...more,
  };
}

export function historyOf(more: Partial<HistoryShown> = {}): HistoryShown {
  return {
    uri: 'codex-health://key/history',
    vaultBytes: 4096,
    stoppedSplit: null,
    interrupted: null,
    receipts: [
      {
        receipt: RECEIPT,
        at: '2026-11-21T02:00:00.000Z',
        says: ['The thread a is bound to its file again.'],
        applied: 1,
        undone: false,
        undoable: true,
        bytes: 4096,
      },
    ],
    ...more,
  };
}

export const panel: HolderShown = {
  pid: 4711,
  program: 'codex app-server',
  terminal: null,
  isOfThisWindow: true,
};

export function cure(id: string, more: Partial<CureOffer> = {}): CureOffer {
  return { id, title: `Do ${id}`, loses: 'nothing', needs: [], automatic: true, ...more };
}

export function finding(
  id: string,
  cures: readonly CureOffer[],
  check = 'thread-path-stale',
): FindingNode {
  return {
    kind: 'finding',
    id: `${check}:${id}`,
    check,
    title: 'Row names a file that is gone',
    severity: 'warning',
    says: `The row of ${id} names a file that is gone.`,
    subject: { kind: 'thread', key: id, path: null },
    place: { uri: `codex-health://key/thread/${id}`, line: 3, startCharacter: 4, endCharacter: 9 },
    threads: 1,
    cures,
  };
}

export function thread(id: string, more: Partial<ThreadNode> = {}): ThreadNode {
  return {
    kind: 'thread',
    id,
    uri: `codex-health://key/thread/${id}`,
    title: `Thread ${id}`,
    project: '/work',
    archived: false,
    provider: 'openai',
    updatedAtMs: 0,
    severity: null,
    visibility: null,
    live: null,
    findings: [],
    children: [],
    moreChildren: 0,
    ...more,
  };
}

export function project(path: string, worktrees: readonly ProjectNode[] = []): ProjectNode {
  return {
    kind: 'project',
    host: 'here',
    path,
    name: path,
    counts: { threads: 2, inTrouble: 0 },
    severity: null,
    updatedAtMs: 0,
    isThere: true,
    worktrees,
  };
}

export function details(id: string, more: Partial<ThreadDetails> = {}): ThreadDetails {
  return {
    id,
    title: `Thread ${id}`,
    transcript: `codex-health://key/transcript/${id}`,
    cwd: '/work',
    isCwdThere: true,
    archived: false,
    codex: '/usr/bin/codex',
    homePath: '/home/ada/.codex',
    isDefaultHome: true,
    resumable: { answer: true, why: null },
    elsewhere: null,
    ...more,
  };
}

export function treeOf(more: Partial<HealthTree> = {}): HealthTree {
  return {
    state: 'read',
    homePath: '/home/ada/.codex',
    nothingLost: { answer: 'yes', says: 'Nothing is lost.' },
    threadsInTrouble: 0,
    troublesOfHome: 0,
    interrupted: null,
    hasCodex: true,
    noting: true,
    hosts: [],
    ...more,
  };
}
