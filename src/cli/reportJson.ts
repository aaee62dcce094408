// The report as scripts read it. These words are a contract: add freely, change never.

import type { Report } from '../engine/model/report.ts';
import type { Json } from '../engine/model/words.ts';

export function reportJson(report: Report, version: string, totalMs: number): Json {
  const { snapshot, counts, verdict, nothingLost, findings, checks } = report;
  const { home } = snapshot;
  return {
    schemaVersion: 1,
    tool: { name: 'codex-session-health', version },
    takenAt: new Date(snapshot.takenAtMs).toISOString(),
    home: {
      key: home.key,
      path: home.path,
      sqliteHome: home.sqliteHome,
      hostname: home.hostname,
      filesystem: home.filesystem?.type ?? null,
      installationId: home.installationId,
    },
    codex: snapshot.codexes.map(({ path, version: codexVersion, migrations }) => ({
      path,
      version: codexVersion,
      stateMigrations: migrations?.['state_5.sqlite'] ?? null,
    })),
    counts: { ...counts },
    verdict,
    nothingLost: { ...nothingLost },
    findings: findings.map(finding => ({
      ...finding,
      subject: { ...finding.subject },
      cures: finding.cures.map(cure => ({ ...cure })),
    })),
    checks: checks.map(check => ({ ...check })),
    gaps: snapshot.gaps.map(({ source, path, why }) => ({ source, path, why })),
    timingsMs: { total: totalMs },
  };
}
