// What is behind an address, and at which place of which document a finding can be read.

import { createHash } from 'node:crypto';
import type { Finding } from '../engine/model/finding.ts';
import type { Thread } from '../engine/model/thread.ts';
import type { Transcript } from '../engine/model/transcript.ts';
import type { ThreadId } from '../engine/model/words.ts';
import type { Place } from '../protocol/documents.ts';
import { databaseAddress, homeAddress, parseAddress, type Address } from './addresses.ts';
import { databaseFactsOf, writeDatabasePage } from './databasePage.ts';
import { toFileUri } from './fileUri.ts';
import { addressInHome } from './homeFiles.ts';
import { homeFactsOf, writeHomePage } from './homePage.ts';
import { createPageWriter, type Page } from './page.ts';
import { factsOf, writeRecord } from './record.ts';
import { recordAddressOf } from './threadAddresses.ts';
import { writeTranscript, type Told } from './transcriptPage.ts';
import { visibilityOf, type View } from './view.ts';

/** Reads one part of what was said in a thread, or in one of its files; null where there is none. */
export type ReadTranscript = (view: View, told: Told) => Promise<Transcript | null>;

/** The text of a document; also of one that was there a scan ago and is not any more. */
export async function documentText(
  view: View,
  uri: string,
  readTranscript: ReadTranscript,
): Promise<string> {
  const address = parseAddress(uri);
  const told = transcribed(view, address);
  if (told === null) return pageAt(view, uri).text;
  if (view.elsewhere !== null) return sayReadThere(view.elsewhere).text;
  const transcript = await readTranscript(view, told);
  return transcript === null
    ? sayNothingThere(
        `There is no part ${String(told.part)} of what was said in this session.`,
        'Its record leads to the newest part.',
      ).text
    : writeTranscript(transcript, told, view.report.snapshot);
}

/**
 * Changes whenever the text of a document does. A transcript is not read for it: it tells of its files
 * and of what stands above them.
 */
export function documentStamp(view: View, uri: string): string {
  const told = transcribed(view, parseAddress(uri));
  const { title, cwd, provider, files } = told?.thread ?? { files: [] };
  const stamp =
    told === null
      ? pageAt(view, uri).text
      : JSON.stringify([
          [title, cwd, provider],
          files.map(({ path, bytes, modifiedMs }) => [path, bytes, modifiedMs]),
        ]);
  return createHash('sha256').update(stamp).digest('hex');
}

/** What a transcript tells of; null for any other document. */
function transcribed(view: View, address: Address | null): Told | null {
  const { snapshot } = view.report;
  if (address?.homeKey !== snapshot.home.key) return null;
  if (address.kind !== 'transcript' && address.kind !== 'file') return null;
  const { name, part } = address;
  const file = address.kind === 'file' ? name : null;
  const thread =
    file === null
      ? view.threads.get(name)
      : snapshot.threads.find(({ files }) => files.some(({ path }) => path === file));
  return thread === undefined ? null : { thread, file, part };
}

/**
 * A document that is made of facts, which knows its parts and where it leads to. Files of another host cannot be
 * opened here, and what lies at their path on this one is something else.
 */
export function pageAt(view: View, uri: string): Page {
  const page = madePage(view, uri);
  return view.elsewhere === null
    ? page
    : { ...page, links: page.links.filter(({ target }) => !target.startsWith('file:')) };
}

function madePage(view: View, uri: string): Page {
  const address = parseAddress(uri);
  if (address === null || address.homeKey !== view.report.snapshot.home.key)
    return sayNothingThere(
      'This document belongs to another Codex home than the one shown now.',
      'The setting codexHealth.home says which one is shown.',
    );
  if (address.kind === 'home') return homePage(view);
  if (address.kind === 'database') return databasePage(view, address.name);
  if (address.kind === 'file')
    return sayNothingThere(
      `There is no file ${address.name} of a session in this Codex home.`,
      'If it was there before, it has been removed or moved since.',
    );
  const thread = view.threads.get(address.name);
  return thread === undefined
    ? sayNothingThere(
        `There is no thread ${address.name} in this Codex home.`,
        'Nothing of it is on disk now: neither a file nor an entry. If it was there before, it has been removed or moved since.',
      )
    : recordOf(view, thread);
}

function sayReadThere(host: string): Page {
  return sayNothingThere(
    `What was said in this session lies on ${host}.`,
    'A window on that host shows it. Its record says in which file it is.',
  );
}

function sayNothingThere(sentence: string, besides: string): Page {
  const page = createPageWriter();
  page.title(sentence);
  page.heading(besides);
  return page.page();
}

export function recordOf(view: View, thread: Thread): Page {
  const { report, byThread } = view;
  const findings = byThread.get(thread.id) ?? [];
  return writeRecord({
    thread,
    snapshot: report.snapshot,
    findings,
    visibility: visibilityOf(view, thread.id),
  });
}

function databasePage({ report, ofHome }: View, key: string): Page {
  return writeDatabasePage(
    key,
    report.snapshot.databases.find(candidate => candidate.key === key) ?? null,
    report.snapshot.state,
    [...ofHome].filter(({ subject }) => subject.kind === 'database' && subject.key === key),
  );
}

/** Written once, however many findings have their place in it. */
const homePages = new WeakMap<View, Page>();

function homePage(view: View): Page {
  const page = homePages.get(view) ?? writeHomePage(view.report, [...view.ofHome]);
  homePages.set(view, page);
  return page;
}

/** Where a thread's finding is read: in its rollout where that can be opened, else in its record. */
export function placeAtThread(
  view: View,
  finding: Finding,
  id: ThreadId,
  record: () => Page,
): Place {
  const uri = recordAddressOf(view.report.snapshot, id);
  return placeInRollout(view, finding) ?? record().place(uri, factsOf(finding));
}

function placeInRollout(
  { report, elsewhere }: View,
  { check, subject, facts }: Finding,
): Place | null {
  const rollout =
    subject.kind === 'rollout'
      ? report.snapshot.rollouts.find(({ path }) => path === subject.key)
      : undefined;
  const line = lineInRollout(check, facts);
  if (rollout === undefined || line === null || elsewhere !== null) return null;
  const { system } = report.snapshot.home;
  return addressInHome(rollout, system) === null
    ? null
    : placeInFile(system, rollout.file, { ...facts, line });
}

/** Findings about the name or the size of a file are about no line of it. */
function lineInRollout(check: string, { line, places }: Finding['facts']): number | null {
  if (check === 'rollout-header-bad' || check === 'rollout-id-mismatch') return 1;
  const all: readonly unknown[] = Array.isArray(places) ? places : [];
  const [first = null] = all;
  const named = typeof first === 'object' && first !== null && 'line' in first ? first.line : line;
  return typeof named === 'number' ? named : null;
}

/** Where a finding about the home is read. */
export function placeAtHome(view: View, finding: Finding): Place {
  const { home, config } = view.report.snapshot;
  const { subject, facts } = finding;
  if (subject.kind === 'database') {
    const page = databasePage(view, subject.key);
    return page.place(databaseAddress(home.key, subject.key), databaseFactsOf(finding));
  }
  const isInConfig = subject.kind === 'config' || subject.kind === 'provider';
  if (isInConfig && config.state !== 'absent' && view.elsewhere === null)
    return placeInFile(home.system, config.file, {
      ...config.providerPosition,
      ...config.error,
      ...facts,
    });
  return (
    placeInRollout(view, finding) ??
    homePage(view).place(homeAddress(home.key), homeFactsOf(finding))
  );
}

/** Facts count lines and columns from one; without them the whole first line is meant. */
function placeInFile(
  system: 'linux' | 'darwin' | 'win32',
  file: string,
  facts: Readonly<Record<string, unknown>>,
): Place {
  const [line, column, endColumn] = ['line', 'column', 'endColumn'].map(name => {
    const value = facts[name];
    return typeof value === 'number' && value > 0 ? value - 1 : null;
  });
  const startCharacter = column ?? 0;
  return {
    uri: toFileUri(file, system),
    line: line ?? 0,
    startCharacter,
    // Editors shorten a range to the line that is there.
    endCharacter: endColumn ?? Number.MAX_SAFE_INTEGER,
  };
}
