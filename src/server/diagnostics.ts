// Findings → problem markers. They stand in documents that need not be open.

import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { Finding, Severity } from '../engine/model/finding.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Place } from '../protocol/documents.ts';
import { pageOfCheck } from './addresses.ts';
import { placeAtHome, placeAtThread, recordOf } from './documents.ts';
import { comparable, comparablePath, isInside } from './fileUri.ts';
import { append } from './group.ts';
import { harmless } from '../words/harmless.ts';
import type { View } from './view.ts';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
};

/** The markers of each document, by its address. */
export function diagnose(
  view: View,
  folders: readonly string[],
): ReadonlyMap<string, Diagnostic[]> {
  const byDocument = new Map<string, Diagnostic[]>();
  if (view.settings.problems === 'off') return byDocument;
  const add = (finding: Finding, place: Place) =>
    append(byDocument, place.uri, toDiagnostic(finding, place));
  for (const finding of view.ofHome) add(finding, placeAtHome(view, finding));
  for (const thread of threadsToMark(view, folders)) {
    const record = recordOf(view, thread);
    for (const finding of view.byThread.get(thread.id) ?? [])
      if (!view.ofHome.has(finding))
        add(
          finding,
          placeAtThread(view, finding, thread.id, () => record),
        );
  }
  return byDocument;
}

function threadsToMark(view: View, folders: readonly string[]): readonly Thread[] {
  const { snapshot } = view.report;
  const { system } = snapshot.home;
  const withFindings = snapshot.threads.filter(({ id }) => view.byThread.has(id));
  if (view.settings.problems === 'all') return withFindings;
  const opened = folders.flatMap(uri => comparablePath(uri, system) ?? []);
  return withFindings.filter(({ project, cwd }) =>
    opened.some(folder => [project, cwd].some(path => isInside(comparable(path, system), folder))),
  );
}

function toDiagnostic(finding: Finding, place: Place): Diagnostic {
  const { line, startCharacter, endCharacter } = place;
  return {
    range: {
      start: { line, character: startCharacter },
      end: { line, character: endCharacter },
    },
    severity: SEVERITIES[finding.severity],
    source: 'codex-health',
    code: finding.check,
    codeDescription: { href: pageOfCheck(finding.check) },
    message: harmless(finding.says, 2000),
    data: { finding: finding.id },
  };
}
