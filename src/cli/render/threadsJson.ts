// The threads as scripts read them. These words are a contract: add freely, change never.

import type { Report } from '../../engine/model/report.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { FilePath, ThreadId } from '../../engine/model/words.ts';
import { isoTime } from '../../words/amounts.ts';
import { hostOf, isOfProject } from './threadTree.ts';

export function threadsJson(report: Report, project: FilePath | null) {
  const findings = new Map<ThreadId, string[]>();
  for (const { id, threads, accepted } of report.findings)
    if (!accepted)
      for (const thread of threads) findings.set(thread, [...(findings.get(thread) ?? []), id]);
  const wanted = report.snapshot.threads.filter(thread => isOfProject(thread, project));
  return {
    schemaVersion: 1,
    threads: wanted.map(thread => threadJson(thread, report, findings.get(thread.id) ?? [])),
  };
}

export function threadJson(thread: Thread, report: Report, findings: readonly string[]) {
  const file = thread.own ?? thread.bound ?? thread.files[0] ?? null;
  const seen = report.visibility[thread.id];
  return {
    id: thread.id,
    title: thread.title,
    project: thread.project,
    cwd: thread.cwd,
    host: hostOf(report, thread),
    archived: thread.archived,
    provider: thread.provider,
    source: thread.source,
    historyMode: thread.historyMode,
    createdAt: isoTime(thread.createdAtMs),
    updatedAt: isoTime(thread.updatedAtMs),
    rollout:
      file === null ? null : { path: file.path, bytes: file.bytes, compressed: file.compressed },
    row: thread.row !== null,
    shownBy:
      seen === undefined
        ? null
        : { scanList: seen.scanList, databaseList: seen.databaseList, newest50: seen.newest50 },
    surfaces: seen?.surfaces ?? null,
    resumable: seen?.resumable ?? null,
    findings,
  };
}
