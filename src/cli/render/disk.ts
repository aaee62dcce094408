// What fills a home, as a person reads it: the room on disk first, since that is what runs out.

import type { BigThread, DiskUse, Kind, ProjectRoom, Room } from '../../engine/engine.ts';
import type { Report } from '../../engine/model/report.ts';
import { bytesInWords, count, inWords } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Context } from '../command.ts';
import type { Page } from '../page.ts';
import { shorten } from '../text/width.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

/** So many projects are shown one by one. */
const FEW = 12;
/** Below this share nobody has to know that a file has holes. */
const WORTH_TELLING = 0.05;

export function diskJson(use: DiskUse, { snapshot }: Report) {
  return { schemaVersion: 1, home: snapshot.home.path, ...use };
}

export function renderDisk(use: DiskUse, { snapshot }: Report, context: Context): string {
  const { page } = context;
  const { paint, width } = page;
  const called = ({ file, name }: { readonly file: string; readonly name: string }) =>
    use.databases.filter(one => one.name === name).length > 1 ? page.path(file) : name;
  const lines = [
    ...wrap(
      `${page.path(snapshot.home.path)} takes ${bytesInWords(use.total.allocated)} on disk, in ${count(use.total.files, 'file')}.`,
      width,
    ).map(paint.bold),
    ...holes(use.total, width),
    ...use.elsewhere.flatMap(({ path, to, allocated }) =>
      wrap(
        path === to
          ? `Of that, ${bytesInWords(allocated)} are databases in ${page.path(to)}.`
          : `Of that, ${bytesInWords(allocated)} lie elsewhere: ${page.path(path)} leads to ${page.path(to)}.`,
        width,
      ),
    ),
    ...section('What fills it', page, [
      ...use.kinds.map(({ kind, ...room }) => row(room, `${WORDS[kind]}, ${files(room)}`, page)),
      ...(use.secondNames === 0
        ? []
        : [
            `  ${count(use.secondNames, 'further name')} of the same files ${use.secondNames === 1 ? 'is' : 'are'} not counted again.`,
          ]),
    ]),
    ...section('By project', page, projects(use.projects, page)),
    ...section(
      'The biggest threads',
      page,
      use.biggest.flatMap(thread => big(thread, page)),
    ),
    ...section(
      'Databases',
      page,
      use.databases.map(({ file, name, allocated, walAllocated }) =>
        row(
          { allocated },
          walAllocated === 0
            ? called({ file, name })
            : `${called({ file, name })}, ${bytesInWords(walAllocated)} of it in its write-ahead log`,
          page,
        ),
      ),
    ),
    ...section(
      'Other',
      page,
      use.others
        .filter(({ allocated }) => allocated > 0)
        .slice(0, FEW)
        .map(({ name, ...room }) => row(room, name, page)),
    ),
    ...section('What could be had back', page, savings(use, context)),
    ...section(
      'Could not be measured',
      page,
      use.gaps.flatMap(({ path, why }) =>
        wrapIndented(harmless(`${page.path(path)}: ${why}`), width, '  '),
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const WORDS: Readonly<Record<Kind, string>> = {
  active: 'conversations',
  'active-compressed': 'compressed conversations',
  archived: 'archived conversations',
  'archived-compressed': 'archived conversations, compressed',
  databases: 'databases',
  logs: 'logs',
  'database-backups': 'databases that Codex has put aside',
  vault: 'what repairs of codex-health have kept',
  temporary: 'temporary files',
  packages: 'plugins, skills and caches',
  other: 'other',
};

function section(title: string, { paint }: Page, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', paint.bold(title), ...lines];
}

function row({ allocated }: Pick<Room, 'allocated'>, text: string, { width }: Page): string {
  return shorten(`  ${bytesInWords(allocated).padStart(9)}  ${harmless(text)}`, width);
}

function files({ files: number }: Room): string {
  return count(number, 'file');
}

function holes({ allocated, bytes }: Room, width: number): readonly string[] {
  if (Math.abs(bytes - allocated) <= bytes * WORTH_TELLING) return [];
  const why =
    bytes > allocated
      ? 'some files have holes, or the disk compresses them'
      : 'small files take whole blocks';
  return wrap(`As they are read, the files come to ${bytesInWords(bytes)}: ${why}.`, width);
}

function projects(all: readonly ProjectRoom[], page: Page): readonly string[] {
  const lines = all.slice(0, FEW).flatMap(({ project, threads, years, ...room }) => [
    row(
      room,
      project === ''
        ? `of no thread that is known, ${files(room)}`
        : `${page.path(project)}, ${count(threads, 'thread')}`,
      page,
    ),
    ...wrapIndented(
      Object.entries(years)
        .map(([year, { allocated }]) => `${year}: ${bytesInWords(allocated)}`)
        .join(', '),
      page.width,
      '             ',
    ).map(page.paint.dim),
  ]);
  const rest = all.length - FEW;
  return rest > 0
    ? [...lines, `  and ${count(rest, 'more project')}; --json has all of them`]
    : lines;
}

function big(thread: BigThread, page: Page): readonly string[] {
  const { title, thread: id, archived, fills } = thread;
  const parts =
    fills === null
      ? []
      : [
          `compaction records ${bytesInWords(fills.compactionBytes)}, images ${bytesInWords(fills.imageBytes)}`,
        ];
  return [
    row(
      thread,
      `${title === '' ? 'without a title' : title}${archived ? ' (archived)' : ''}`,
      page,
    ),
    ...wrapIndented([id, ...parts].join(', '), page.width, '             ').map(page.paint.dim),
  ];
}

function savings({ compression }: DiskUse, { page, typed }: Context): readonly string[] {
  const { files: number, bytes, estimate, compressed } = compression;
  const done =
    compressed.files === 0
      ? ''
      : ` ${count(compressed.files, 'conversation file')} ${compressed.files === 1 ? 'is' : 'are'} compressed already.`;
  if (number === 0)
    return wrapIndented(
      `There is no plain conversation that nobody has written in for a week, so that there is nothing to compress.${done}`,
      page.width,
      '  ',
    );
  return [
    ...wrapIndented(
      `${count(number, 'conversation file')} that nobody has written in for a week ${number === 1 ? 'comes' : 'come'} to ${bytesInWords(bytes)}. ${inWordsOf(estimate, bytes)}${done}`,
      page.width,
      '  ',
    ),
    `  ${page.paint.dim(`To see what that would do: ${typed('disk compress')}`)}`,
  ];
}

/** Nobody knows before it is done; a sample is called one. */
export function inWordsOf(estimate: DiskUse['compression']['estimate'], bytes: number): string {
  if (estimate === null)
    return 'How much less they take when they are compressed is not known before it is done.';
  const { bytesAfter, sampledFiles, sampledBytes } = estimate;
  return `Compressed they would take about ${bytesInWords(bytesAfter)}, ${bytesInWords(Math.max(0, bytes - bytesAfter))} less. That is an estimate: the beginnings of ${inWords(sampledFiles)} of them (${bytesInWords(sampledBytes)}) were compressed to try it.`;
}
