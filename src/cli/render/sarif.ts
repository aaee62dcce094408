// A report in SARIF 2.1.0, the format in which programs collect findings of other programs.

import type { CheckPage } from '../../engine/engine.ts';
import type { Finding, Severity } from '../../engine/model/finding.ts';
import type { Gap } from '../../engine/model/gap.ts';
import type { Report } from '../../engine/model/report.ts';
import { isoTime } from '../../words/amounts.ts';
import { markdownAsText } from '../text/markdown.ts';
import { fileUri, folderUri, relativeUri } from './uris.ts';
import { TOOL } from './reportJson.ts';

/** Paths below the home are given against this, so that a log of one machine fits another. */
const HOME_BASE = 'CODEX_HOME';

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
};

export function reportSarif(
  report: Report,
  checks: readonly CheckPage[],
  version: string,
  totalMs: number,
) {
  const ran = new Set(report.checks.map(({ id }) => id));
  const rules = checks.filter(({ id }) => ran.has(id));
  const { home } = report.snapshot;
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: TOOL,
            fullName: 'Codex Session Health',
            version,
            rules: rules.map(asRule),
          },
        },
        automationDetails: { id: `codex-health/${home.key}/` },
        originalUriBaseIds: {
          [HOME_BASE]: {
            uri: folderUri(home.path),
            description: { text: 'The Codex home that was looked at.' },
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [asInvocation(report, totalMs)],
        results: report.findings.map(finding => asResult(finding, report, rules)),
        properties: { verdict: report.verdict, nothingLost: report.nothingLost },
      },
    ],
  };
}

function asRule({ id, title, meaning, severity }: CheckPage) {
  const name = id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const text = markdownAsText(meaning);
  return {
    id,
    name,
    shortDescription: { text: `${title}.` },
    fullDescription: { text },
    help: { text, markdown: meaning.trim() },
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function asResult(finding: Finding, report: Report, rules: readonly CheckPage[]) {
  const { id, check, severity, says, accepted, threads, subject } = finding;
  const ruleIndex = rules.findIndex(rule => rule.id === check);
  return {
    ruleId: check,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: LEVELS[severity],
    message: { text: sarifText(says) },
    locations: [{ ...placeOf(finding, report), logicalLocations: [logicalPlace(finding)] }],
    partialFingerprints: { 'finding/v1': id },
    ...(accepted
      ? {
          suppressions: [
            {
              kind: 'external',
              status: 'accepted',
              justification: 'Somebody has accepted this finding as it is.',
            },
          ],
        }
      : {}),
    properties: { finding: id, subjectKind: subject.kind, threads },
  };
}

function logicalPlace({ subject }: Finding) {
  return {
    name: subject.key,
    fullyQualifiedName: `${subject.kind}/${subject.key}`,
    kind: subject.kind,
  };
}

/** The real file in which a finding can be seen; the home itself where there is none. */
function placeOf(finding: Finding, report: Report) {
  const line = lineOf(finding);
  return {
    physicalLocation: {
      artifactLocation: artifactOf(fileOf(finding, report), report),
      ...(line === null ? {} : { region: line }),
    },
  };
}

function fileOf({ subject }: Finding, { snapshot }: Report): string {
  const { home, config, state } = snapshot;
  switch (subject.kind) {
    case 'thread': {
      const thread = snapshot.threads.find(({ id }) => id === subject.key);
      const file = thread?.own ?? thread?.files[0];
      return file?.file ?? subject.path ?? state?.database.file ?? home.path;
    }
    case 'rollout':
    case 'database':
      return subject.path ?? subject.key;
    case 'config':
    case 'provider':
      return config.file;
    case 'codex':
      return subject.path ?? home.path;
    case 'home':
    case 'host':
      return home.path;
  }
}

function artifactOf(file: string, { snapshot }: Report) {
  const { home } = snapshot;
  if (file === home.path) return { uri: folderUri(home.path) };
  const below = [`${home.path}/`, `${home.path}\\`].find(start => file.startsWith(start));
  if (below !== undefined)
    return { uri: relativeUri(file.slice(below.length)), uriBaseId: HOME_BASE };
  const isAbsolute = /^(?:[\\/]|[A-Za-z]:[\\/])/.test(file);
  return isAbsolute ? { uri: fileUri(file) } : { uri: relativeUri(file), uriBaseId: HOME_BASE };
}

/** Where in its file something is, when a check says so. */
function lineOf({ facts }: Finding) {
  const line = facts['line'];
  const column = facts['column'];
  if (!isPosition(line)) return null;
  return isPosition(column) ? { startLine: line, startColumn: column } : { startLine: line };
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}

function asInvocation(report: Report, totalMs: number) {
  const { snapshot, checks } = report;
  const startTimeUtc = isoTime(snapshot.takenAtMs);
  const endTimeUtc = isoTime(snapshot.takenAtMs + totalMs);
  const unsure = checks.filter(({ outcome }) => outcome === 'unknown' || outcome === 'crashed');
  return {
    executionSuccessful: checks.every(({ outcome }) => outcome !== 'crashed'),
    ...(startTimeUtc === null ? {} : { startTimeUtc }),
    ...(endTimeUtc === null ? {} : { endTimeUtc }),
    toolExecutionNotifications: [
      ...snapshot.gaps.map(gap => asNotification(gap, report)),
      ...unsure.map(({ id, outcome, why }) => ({
        level: outcome === 'crashed' ? 'error' : 'warning',
        message: {
          text: sarifText(
            `${outcome === 'crashed' ? 'This check failed' : 'This check could not tell'}${why === null ? '' : `: ${why}`}.`,
          ),
        },
        associatedRule: { id },
      })),
    ],
  };
}

/** Square brackets make links in a message, and a title may have any. */
function sarifText(text: string): string {
  return text.replaceAll(/[\\[\]]/g, String.raw`\$&`);
}

function asNotification({ source, path, why }: Gap, report: Report) {
  return {
    descriptor: { id: `not-seen/${source}` },
    level: 'warning',
    message: { text: sarifText(`Could not look at ${path ?? source}: ${why}.`) },
    ...(path === null
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: artifactOf(path, report) } }] }),
  };
}
