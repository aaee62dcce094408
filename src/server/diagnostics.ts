// Findings → problem markers. They stand in documents that need not be open.

import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { Finding, Severity } from '../engine/model/finding.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Place } from '../protocol/documents.ts';
import type { ThreadId } from '../engine/model/words.ts';
import { homeAddress, isSamePage, pageOfCheck, parseAddress } from './addresses.ts';
import { placeAtHome, placeAtThread, recordOf } from './documents.ts';
import { comparable, comparablePath, isInside } from './fileUri.ts';
import { append } from './group.ts';
import type { Page } from './page.ts';
import { inWords } from '../words/amounts.ts';
import { harmless } from '../words/harmless.ts';
import { factsOf } from './record.ts';
import { recordAddressOf } from './threadAddresses.ts';
import { gravity, type View } from './view.ts';

/** What all markers of ours say that they are from. */
export const SOURCE = 'codex-health';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
};

/** More of them help nobody: who has ten thousand sick threads reads the tree, not a list. */
const MOST_MARKERS = 100;

export type Markers = ReadonlyMap<string, readonly Diagnostic[]>;

/**
 * The markers of each document, by its address: what the setting asks for, and of every page that stands in
 * a tab what is wrong on it. Who has opened a page has asked.
 */
export function diagnose(
  view: View,
  folders: readonly string[],
  pages: ReadonlySet<string> = new Set(),
): Markers {
  const byDocument = new Map<string, Diagnostic[]>();
  const marked = new Set<string>();
  const openedAs = addressesInTabs(view, pages);
  const add = (finding: Finding, place: Place) => {
    for (const uri of openedAs.get(place.uri) ?? [place.uri]) {
      const key = `${finding.id} ${uri}`;
      if (marked.has(key)) continue;
      marked.add(key);
      append(byDocument, uri, toDiagnostic(finding, place));
    }
  };
  if (view.settings.problems !== 'off') markWanted(view, folders, add, byDocument);
  for (const uri of pages) markPage(view, uri, add);
  return byDocument;
}

/**
 * Under which addresses a record stands in tabs, by the address that it has now. One that was opened under
 * an earlier title of its thread is marked there, and not a second time under the new one.
 */
function addressesInTabs(
  { report: { snapshot } }: View,
  pages: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const openedAs = new Map<string, string[]>();
  for (const uri of pages) {
    const address = parseAddress(uri);
    if (address?.kind === 'thread' && address.homeKey === snapshot.home.key)
      append(openedAs, recordAddressOf(snapshot, address.name), uri);
  }
  return openedAs;
}

type Add = (finding: Finding, place: Place) => void;

function markWanted(
  view: View,
  folders: readonly string[],
  add: Add,
  byDocument: Map<string, Diagnostic[]>,
): void {
  const { problems } = view.settings;
  const ofHome = [...view.ofHome].filter(
    ({ severity }) => problems === 'all' || severity === 'error',
  );
  for (const finding of ofHome.slice(0, MOST_MARKERS)) add(finding, placeAtHome(view, finding));
  const ofThreads = findingsOfThreads(view, threadsToMark(view, folders));
  const room = Math.max(0, MOST_MARKERS - ofHome.length);
  const records = new Map<ThreadId, Page>();
  for (const { finding, thread } of ofThreads.slice(0, room)) {
    const record = records.get(thread.id) ?? recordOf(view, thread);
    records.set(thread.id, record);
    add(
      finding,
      placeAtThread(view, finding, thread.id, () => record),
    );
  }
  const more = ofHome.length + ofThreads.length - MOST_MARKERS;
  if (more > 0) {
    const uri = homeAddress(view.report.snapshot.home.key);
    append(byDocument, uri, countOthers(more));
  }
}

/** Whatever the record of a thread tells of is marked on it, also what is wrong in a file or for many. */
function markPage(view: View, uri: string, add: Add): void {
  const { home } = view.report.snapshot;
  const address = parseAddress(uri);
  if (address === null || address.homeKey !== home.key) return;
  if (address.kind === 'thread') {
    const thread = view.threads.get(address.name);
    if (thread === undefined) return;
    const record = recordOf(view, thread);
    for (const finding of (view.byThread.get(thread.id) ?? []).slice(0, MOST_MARKERS))
      add(
        finding,
        record.place(recordAddressOf(view.report.snapshot, thread.id), factsOf(finding)),
      );
  } else
    for (const finding of [...view.ofHome].slice(0, MOST_MARKERS)) {
      const place = placeAtHome(view, finding);
      if (isSamePage(place.uri, uri)) add(finding, place);
    }
}

interface ToMark {
  readonly finding: Finding;
  readonly thread: Thread;
}

/** The gravest first, and of equals those of the newest threads; a finding of several once at each. */
function findingsOfThreads(view: View, threads: readonly Thread[]): readonly ToMark[] {
  return threads
    .flatMap(thread =>
      (view.byThread.get(thread.id) ?? [])
        .filter(finding => !view.ofHome.has(finding))
        .map(finding => ({ finding, thread })),
    )
    .sort(
      (one, other) =>
        gravity(one.finding.severity) - gravity(other.finding.severity) ||
        other.thread.updatedAtMs - one.thread.updatedAtMs,
    );
}

function threadsToMark(view: View, folders: readonly string[]): readonly Thread[] {
  const { system } = view.report.snapshot.home;
  const withFindings = [...view.byThread.keys()].flatMap(id => view.threads.get(id) ?? []);
  if (view.settings.problems === 'all') return withFindings;
  const opened = folders.flatMap(uri => comparablePath(uri, system) ?? []);
  return withFindings.filter(({ project, cwd }) =>
    opened.some(folder => [project, cwd].some(path => isInside(comparable(path, system), folder))),
  );
}

function countOthers(more: number): Diagnostic {
  return {
    range: {
      start: { line: 0, character: 0 },
      end: { line: 0, character: Number.MAX_SAFE_INTEGER },
    },
    severity: DiagnosticSeverity.Information,
    source: 'codex-health',
    message: `… and ${inWords(more)} more in Codex Session Health.`,
  };
}

/** Sends markers, and of those only what is not there already: most scans change nothing. */
export function createMarkerBoard(
  send: (uri: string, diagnostics: readonly Diagnostic[]) => Promise<void>,
): { show(markers: Markers): Promise<void> } {
  let shown: ReadonlyMap<string, string> = new Map();
  return {
    show: async markers => {
      const before = shown;
      const texts = new Map([...markers].map(([uri, list]) => [uri, JSON.stringify(list)]));
      shown = texts;
      const gone = [...before.keys()].filter(uri => !texts.has(uri));
      const changed = [...markers].filter(([uri]) => before.get(uri) !== texts.get(uri));
      // Sent at one go, so that those of two scans cannot mix.
      await Promise.all([
        ...gone.map(uri => send(uri, [])),
        ...changed.map(([uri, diagnostics]) => send(uri, diagnostics)),
      ]);
    },
  };
}

function toDiagnostic(finding: Finding, place: Place): Diagnostic {
  const { line, startCharacter, endCharacter } = place;
  return {
    range: {
      start: { line, character: startCharacter },
      end: { line, character: endCharacter },
    },
    severity: SEVERITIES[finding.severity],
    source: SOURCE,
    code: finding.check,
    codeDescription: { href: pageOfCheck(finding.check) },
    message: harmless(finding.says, 2000),
    data: { finding: finding.id },
  };
}
