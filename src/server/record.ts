// The session record: everything known about one thread, one fact on each line.

import type { Finding } from '../engine/model/finding.ts';
import type { Row } from '../engine/model/database.ts';
import type { Shown, Visibility } from '../engine/model/report.ts';
import type { Rollout } from '../engine/model/rollout.ts';
import type { Snapshot } from '../engine/model/snapshot.ts';
import type { Thread } from '../engine/model/thread.ts';
import { createPageWriter, type Page, type PageWriter } from './page.ts';
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
  writeFiles(page, thread);
  writeRow(page, thread);
  return page.page();
}

function writeIdentity(page: PageWriter, thread: Thread, { home }: Snapshot): void {
  page.heading('Session');
  page.fact('title', 'title', thread.title);
  page.fact(
    'host',
    'host',
    `${home.hostname} (where it was looked at; nothing here names another one)`,
  );
  page.fact('project', 'project', thread.project);
  page.fact('cwd', 'directory', thread.cwd);
  page.fact('provider', 'provider', thread.provider);
  page.fact('source', 'started by', thread.source);
  page.fact('history', 'history', thread.historyMode);
  page.fact('created', 'created', timeInWords(thread.createdAtMs));
  page.fact('updated', 'updated', timeInWords(thread.updatedAtMs));
  page.fact('archived', 'archived', yesOrNo(thread.archived));
}

function writeFindings(page: PageWriter, findings: readonly Finding[]): void {
  page.heading('What is wrong');
  if (findings.length === 0) page.fact('findings', 'nothing', 'no check found anything');
  for (const { severity, says, id } of findings) page.fact(`finding.${id}`, severity, says);
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

function writeFiles(page: PageWriter, { files, own }: Thread): void {
  page.heading('Conversation on disk');
  if (files.length === 0) page.fact('file', 'file', 'none was found');
  for (const file of files) {
    const key = file === (own ?? files[0]) ? 'file' : `file.${file.path}`;
    const packed = file.compressed ? ', compressed' : '';
    page.fact(key, file === own ? 'file' : 'another file', file.path);
    page.fact(`${key}.size`, '  size', `${bytesInWords(file.bytes)}${packed}`);
    page.fact(`${key}.head`, '  beginning', headInWords(file));
    page.fact(`${key}.tail`, '  end', TAIL_WORDS[file.tail.ending]);
    if (file.head.meta?.forkedFrom != null)
      page.fact(`${key}.parent`, '  forked from', file.head.meta.forkedFrom);
  }
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

/** The row, held against the head of the file: where they differ, both are shown. */
function writeRow(page: PageWriter, { row, own, bound }: Thread): void {
  page.heading('Entry in the database');
  if (row === null) {
    page.fact('row', 'entry', 'none');
    return;
  }
  const meta = own?.head.meta ?? null;
  page.fact('row', 'entry', row.undecodable ?? 'can be read');
  page.fact('row.path', 'file', `${row.rolloutPath}${bound === null ? ' (not there)' : ''}`);
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

/** What a check is about, by the words of its id, and the fact of the record that shows it. */
const FACTS_BY_WORD: Readonly<Record<string, readonly string[]>> = {
  archive: ['row.archived', 'archived'],
  bound: ['row.path'],
  cwd: ['row.cwd', 'cwd'],
  duplicate: ['file'],
  fork: ['file.parent', 'file'],
  header: ['file.head', 'file'],
  history: ['row.history', 'history'],
  host: ['host'],
  line: ['file.tail', 'file'],
  name: ['row.name', 'title'],
  path: ['row.path'],
  preview: ['row.preview', 'title'],
  provider: ['row.provider', 'provider'],
  source: ['row.source', 'source'],
  temporary: ['cwd'],
  untitled: ['title'],
  file: ['file'],
  row: ['row'],
  rollout: ['file'],
};

/** The facts at which a finding may point, the best first. */
export function factsOf({ check }: Finding): readonly string[] {
  const words = check.split('-');
  const known = Object.entries(FACTS_BY_WORD).find(([word]) => words.includes(word));
  return known?.[1] ?? [];
}
