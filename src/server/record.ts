// The session record: everything known about one thread, one fact on each line.

import { attribute } from '../engine/engine.ts';
import type { Finding } from '../engine/model/finding.ts';
import type { Row } from '../engine/model/database.ts';
import type { Shown, Visibility } from '../engine/model/report.ts';
import type { Rollout } from '../engine/model/rollout.ts';
import type { Holder, PathState, Snapshot } from '../engine/model/snapshot.ts';
import type { Thread } from '../engine/model/thread.ts';
import { conversationOf } from '../engine/engine.ts';
import { fileAddress, transcriptAddress } from './addresses.ts';
import { factOfFinding, writeFindings } from './findingsSection.ts';
import { addressInHome } from './homeFiles.ts';
import { kinOf, parentOf, type Kin } from './kin.ts';
import { createPageWriter, type Page, type PageWriter } from './page.ts';
import { recordAddressOf } from './threadAddresses.ts';
import { sayEvidence } from '../words/evidence.ts';
import { bytesInWords, timeInWords, yesOrNo } from '../words/amounts.ts';

export interface RecordOf {
  readonly thread: Thread;
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly visibility: Visibility | null;
}

export function writeRecord({ thread, snapshot, findings, visibility }: RecordOf): Page {
  const page = createPageWriter();
  page.title(`Codex session ${thread.id}`);
  writeIdentity(page, thread, snapshot);
  writeFindings(page, findings);
  if (visibility !== null) writeVisibility(page, visibility);
  writeFiles(page, thread, snapshot);
  writeRow(page, thread, snapshot);
  writeHistory(page, thread, kinOf(snapshot));
  writeKin(page, thread, snapshot);
  writeGit(page, thread);
  return page.page();
}

function writeIdentity(page: PageWriter, thread: Thread, snapshot: Snapshot): void {
  const { home } = snapshot;
  page.heading('Session');
  page.fact('title', 'title', thread.title);
  page.fact('host', 'host', hostInWords(thread, snapshot));
  page.fact('project', 'project', thread.project);
  page.fact('cwd', 'directory', thread.cwd);
  page.fact('provider', 'provider', thread.provider);
  page.fact('source', 'started by', thread.source);
  page.fact('history', 'history', thread.historyMode);
  page.fact('created', 'created', timeInWords(thread.createdAtMs));
  page.fact('updated', 'updated', timeInWords(thread.updatedAtMs));
  page.fact('archived', 'archived', yesOrNo(thread.archived));
  const holders = kinOf(snapshot).holders.get(thread.id) ?? [];
  page.fact('held', 'open in', holders.map(nameHolder).join(', ') || 'no program that can be seen');
  const transcript = transcriptAddress(home.key, thread, null);
  page.fact('transcript', 'transcript', 'what was said in it', transcript);
}

/** In a home that nobody else uses, the name of the machine says it all. */
function hostInWords({ id }: Thread, snapshot: Snapshot): string {
  const attribution = attribute(snapshot).get(id);
  if (attribution === undefined) return 'unknown';
  const { host, confidence, evidence } = attribution;
  return `${host ?? confidence} (${sayEvidence(confidence, evidence)})`;
}

function nameHolder({ program, pid, terminal }: Holder): string {
  const at = terminal === null ? '' : ` at ${terminal}`;
  return `${program}${at} (process ${String(pid)})`;
}

function writeVisibility(page: PageWriter, visibility: Visibility): void {
  const { surfaces, resumable } = visibility;
  page.heading('Who can see it');
  page.fact('visible.vscode', 'Codex for VS Code', shownInWords(surfaces.vscode));
  page.fact('visible.resumePicker', 'codex resume', shownInWords(surfaces.resumePicker));
  page.fact('visible.desktop', 'desktop app', shownInWords(surfaces.desktop));
  page.fact('visible.scanList', 'list from files', shownInWords(visibility.scanList));
  page.fact('visible.databaseList', 'list from database', shownInWords(visibility.databaseList));
  page.fact('visible.newest50', 'newest 50', shownInWords(visibility.newest50));
  const { answer, why } = resumable;
  page.fact('resumable', 'can be resumed', shownInWords({ shown: answer, why }));
}

export function shownInWords({ shown, why }: Shown): string {
  const answer = shown === 'unknown' ? 'unknown' : yesOrNo(shown);
  return why === null ? answer : `${answer}: ${why}`;
}

function writeFiles(page: PageWriter, thread: Thread, snapshot: Snapshot): void {
  const { id, files, own } = thread;
  const { home } = snapshot;
  const conversation = conversationOf(thread);
  page.heading('Conversation on disk');
  if (files.length === 0) page.fact('file', 'file', 'none was found');
  for (const file of files) {
    const key = file === (own ?? files[0]) ? 'file' : `file.${file.path}`;
    const packed = file.compressed ? ', compressed' : '';
    const { meta } = file.head;
    const label = file === own ? 'file' : 'another file';
    page.fact(key, label, file.path, addressInHome(file, home.system));
    page.fact(`${key}.size`, '  size', `${bytesInWords(file.bytes)}${packed}`);
    if (!conversation.includes(file)) {
      const alone = fileAddress(home.key, file.path, null);
      page.fact(`${key}.transcript`, '  transcript', 'what stands in this file alone', alone);
    }
    page.fact(`${key}.head`, '  beginning', headInWords(file));
    page.fact(`${key}.id`, '  describes', meta?.id == null ? 'no session' : `session ${meta.id}`);
    page.fact(`${key}.tail`, '  end', TAIL_WORDS[file.tail.ending]);
    page.fact(`${key}.settings`, '  newest settings', settingsInWords(file));
    if (meta?.forkedFrom != null)
      page.fact(
        `${key}.parent`,
        '  forked from',
        meta.forkedFrom,
        recordAddressOf(snapshot, meta.forkedFrom),
      );
    else if (meta?.historyFile != null && meta.historyFile !== id)
      page.fact(`${key}.parent`, '  goes on from', `the file ${meta.historyFile}`);
    else if (meta?.historyFile != null)
      page.fact(`${key}.parent`, '  goes on from', 'its first file');
  }
}

function settingsInWords({ tail: { settings, isWholeFile } }: Rollout): string {
  if (settings === null) return isWholeFile ? 'none' : 'not in the part that was read';
  return `provider ${orNothing(settings.provider)}, directory ${orNothing(settings.cwd)}`;
}

const TAIL_WORDS: Readonly<Record<Rollout['tail']['ending'], string>> = {
  whole: 'ends with a whole line',
  'no-line-break': 'the last line has no line break',
  cut: 'the last line is cut off',
  unread: 'could not be read',
};

function headInWords({ head }: Rollout): string {
  if (head.state === 'sound') return 'describes the session';
  return head.why === null ? head.state : `${head.state}: ${head.why}`;
}

/** What is at the path of a row that leads to none of the conversations in the home. */
const PLACES: Readonly<Record<PathState, string>> = {
  missing: 'not there',
  file: 'there, and not among the files of this home',
  folder: 'a folder',
  unknown: 'it could not be told what is there',
};

/** The row, held against the head of the file: where they differ, both are shown. */
function writeRow(page: PageWriter, { row, own, bound }: Thread, { paths }: Snapshot): void {
  page.heading('Entry in the database');
  if (row === null) {
    page.fact('row', 'entry', 'none');
    return;
  }
  const meta = own?.head.meta ?? null;
  page.fact('row', 'entry', row.undecodable ?? 'can be read');
  const place = bound === null ? ` (${PLACES[paths[row.rolloutPath] ?? 'unknown']})` : '';
  page.fact('row.path', 'file', `${row.rolloutPath}${place}`);
  const compare = (key: string, label: string, inRow: string | null, inFile: string | null) =>
    page.fact(`row.${key}`, label, comparison(inRow, meta === null ? inRow : inFile));
  compare('cwd', 'directory', row.cwd, meta?.cwd ?? null);
  compare('provider', 'provider', row.provider, meta?.provider ?? null);
  compare('source', 'started by', row.source, meta?.source ?? null);
  compare('history', 'history', row.historyMode, meta?.historyMode ?? row.historyMode);
  compare('version', 'Codex version', row.cliVersion, meta?.cliVersion ?? null);
  writeTexts(page, row, own);
}

function writeTexts(page: PageWriter, row: Row, own: Rollout | null): void {
  page.fact('row.name', 'name', row.name ?? '');
  page.fact('row.title', 'title', row.title);
  page.fact('row.preview', 'preview', row.preview ?? row.firstUserMessage ?? '');
  if (own?.head.firstUserMessage != null)
    page.fact('file.firstMessage', 'first message', own.head.firstUserMessage);
  const where = own === null ? 'nowhere' : PLACE_WORDS[own.place];
  page.fact('row.archived', 'archived', `${yesOrNo(row.archived)}; the file lies ${where}`);
  if (row.parentThread !== null) page.fact('row.parent', 'started by session', row.parentThread);
}

/** Only threads with paginated history need an entry there. */
function writeHistory(page: PageWriter, { id, historyMode }: Thread, { projected }: Kin): void {
  const isThere = projected?.has(id) ?? null;
  const answer = isThere === null ? 'unknown: it was not read' : isThere ? 'yes' : 'no';
  page.heading('History');
  page.fact('history.mode', 'kept as', historyMode);
  page.fact(
    'history.projected',
    'in thread history',
    historyMode === 'legacy' && isThere !== true ? 'not needed' : answer,
  );
}

/** Of the many sub-agents that somebody may have, the record names some. */
const MOST_KIN = 20;

function writeKin(page: PageWriter, thread: Thread, snapshot: Snapshot): void {
  const { forks, agents } = kinOf(snapshot);
  const starter = thread.row?.parentThread ?? null;
  const groups = [
    ['forked from', [parentOf(thread)].flatMap(id => id ?? [])],
    ['started by', starter === null ? [] : [starter]],
    ['fork', (forks.get(thread.id) ?? []).map(({ id }) => id)],
    ['sub-agent', (agents.get(thread.id) ?? []).map(({ id }) => id)],
  ] as const;
  page.heading('Related sessions');
  if (groups.every(([, ids]) => ids.length === 0)) page.fact('kin', 'none', 'that is known');
  for (const [label, ids] of groups) {
    for (const id of ids.slice(0, MOST_KIN))
      page.fact(`kin.${label}`, label, id, recordAddressOf(snapshot, id));
    const more = ids.length - MOST_KIN;
    if (more > 0) page.fact(`kin.${label}.more`, label, `and ${String(more)} more`);
  }
}

function writeGit(page: PageWriter, { row, own }: Thread): void {
  const meta = own?.head.meta ?? null;
  const sides = [
    ['git.branch', 'branch', row?.gitBranch, meta?.gitBranch],
    ['git.commit', 'commit', row?.gitCommit, meta?.gitCommit],
    ['git.origin', 'origin', row?.gitOrigin, meta?.gitOrigin],
  ] as const;
  page.heading('Git');
  // What one side does not say is no contradiction: Codex notes it at the start, and corrects it later.
  for (const [key, label, inRow, inFile] of sides)
    page.fact(
      key,
      label,
      inRow == null || inFile == null ? (inRow ?? inFile ?? '') : comparison(inRow, inFile),
    );
}

const PLACE_WORDS: Readonly<Record<Rollout['place'], string>> = {
  sessions: 'among the active ones',
  archived_sessions: 'in the archive',
};

function comparison(inRow: string | null, inFile: string | null): string {
  if (inRow === inFile) return inRow ?? '';
  return `${orNothing(inRow)} in the database, ${orNothing(inFile)} in the file`;
}

function orNothing(text: string | null): string {
  return text === null || text === '' ? 'nothing' : text;
}

/**
 * What each check is about: the fact of the record at which its finding points, the best first. Of a fact
 * of a file, that of the file which the finding names.
 */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'thread-row-missing': ['row'],
  'thread-file-missing': ['row.path', 'file'],
  'thread-path-stale': ['row.path'],
  'thread-file-elsewhere': ['row.path'],
  'thread-bound-to-other': ['row.path'],
  'thread-file-duplicate': ['file'],
  'thread-archive-mismatch': ['row.archived', 'archived'],
  'thread-cwd-missing': ['cwd'],
  'thread-cwd-mismatch': ['row.cwd', 'cwd'],
  'thread-provider-mismatch': ['row.provider', 'provider'],
  'thread-source-mismatch': ['row.source', 'source'],
  'thread-preview-missing': ['row.preview'],
  'thread-name-lost': ['row.name'],
  'thread-untitled': ['title'],
  'thread-history-missing': ['history.projected'],
  'thread-fork-parent-missing': ['file.parent', 'file'],
  'thread-temporary': ['cwd'],
  'thread-other-host': ['host'],
  'row-undecodable': ['row'],
  'rollout-header-bad': ['file.head'],
  'rollout-id-mismatch': ['file.id'],
  'rollout-misnamed': ['file'],
  'rollout-line-bad': ['file.tail'],
  'rollout-twin': ['file'],
  'rollout-oversized': ['file.size'],
};

/** A check that is not named here has at least the line that tells of its finding. */
export function factsOf({ id, check, subject, facts }: Finding): readonly string[] {
  const known = FACTS[check] ?? [];
  const file = typeof facts['file'] === 'string' ? facts['file'] : subject.path;
  const ofFile = known
    .filter(key => key.startsWith('file'))
    .map(key => key.replace(/^file/, `file.${file ?? ''}`));
  // Where header and row agree, it is the newest settings that are at odds with them.
  const isOfSettings = check === 'thread-provider-mismatch' && facts['row'] === facts['header'];
  return [...ofFile, ...(isOfSettings ? ['file.settings'] : []), ...known, factOfFinding(id)];
}
