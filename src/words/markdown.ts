// Texts from elsewhere inside Markdown of ours. What they say can be read, with lists, emphasis and
// code; they cannot leave their place, look like a heading of ours, bring HTML, fetch a picture, or
// lead anywhere but to addresses that begin with http.

import { harmless, harmlessLines } from './harmless.ts';

/** One line as it is, wherever Markdown takes text. */
export function plainMarkdown(text: string, longest: number): string {
  return withoutFileLinks(harmless(text, longest)).replaceAll(/\S+/g, word =>
    escapeWord(word, /[\\`*_[\]<>#|~$&!]/g),
  );
}

/** Behind a quotation mark on every line, since nothing in a quotation reaches out of it. */
export function quotedMarkdown(text: string): string {
  return inertLines(harmlessLines(text))
    .map(line => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** As code: the fence is longer than any that is inside. */
export function fencedMarkdown(text: string, language: 'text' | 'sh'): string {
  const lines = harmlessLines(text).map(withoutFileLinks);
  const fence = fenceAround(lines);
  return [`${fence}${language}`, ...lines, fence].join('\n');
}

/** As code within a line. It is not for texts that begin or end with a backtick. */
export function codeMarkdown(text: string): string {
  const line = withoutFileLinks(harmless(text));
  const runs = (line.match(/`+/g) ?? []).map(({ length }) => length);
  const marks = '`'.repeat(Math.max(0, ...runs) + 1);
  return `${marks}${line}${marks}`;
}

/** Editors make a link of such an address wherever it stands, in code too. */
function withoutFileLinks(line: string): string {
  return line.replaceAll(/file:(?=\/)/gi, '$& ');
}

function fenceAround(lines: readonly string[]): string {
  const runs = lines.flatMap(line => line.match(/`{3,}/g) ?? []);
  return '`'.repeat(runs.reduce((longest, { length }) => Math.max(longest, length), 2) + 1);
}

const FENCE = /^\s*(?:(`{3,})[^`]*|(~{3,}).*)$/;

function inertLines(lines: readonly string[]): readonly string[] {
  const inert: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const [, backticks, tildes] = FENCE.exec(line) ?? [];
    const opening = backticks ?? tildes;
    if (opening === undefined) {
      inert.push(inertProse(line));
      continue;
    }
    const end = endOfFence(lines, at + 1, opening);
    const code = lines.slice(at + 1, end).map(withoutFileLinks);
    // At the margin and between empty lines: nothing that came before can take it for text.
    const fence = fenceAround(code);
    inert.push('', fence, ...code, fence, '');
    at = end;
  }
  return inert;
}

function endOfFence(lines: readonly string[], from: number, opening: string): number {
  for (let at = from; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    if (line.length >= opening.length && line === opening.charAt(0).repeat(line.length)) return at;
  }
  return lines.length;
}

function inertProse(line: string): string {
  const safe = inertSpans(withoutFileLinks(line));
  // A heading, also inside lists and quotations, and the line that makes one of the line above.
  return safe
    .replace(/^([\s>*+\-\d.)]*)(?=#)/, '$1\\')
    .replace(/^([\s>]*)(?=(?:=+|-+)\s*$)/, '$1\\');
}

/** Escapes what could begin a link, HTML or a formula, but for what stands in code. */
function inertSpans(line: string): string {
  let safe = '';
  // What is not code, since the last that was, and whether it ends in an address.
  let prose = '';
  let isInAddress = false;
  for (let at = 0; at < line.length;) {
    const length = lengthOfRun(line, at);
    const end = length === 0 ? line.length : endOfCode(line, at + length, length);
    const next = line.indexOf('`', at);
    const isCode =
      length > 0 &&
      end > 0 &&
      // A table would part the code at this sign, and its halves would be text.
      !line.slice(at, end).includes('|') &&
      !isInAddress;
    if (isCode) {
      safe += escapeProse(prose) + line.slice(at, end);
      prose = '';
      isInAddress = false;
      at = end;
    } else {
      const rest = length > 0 ? at + length : next < 0 ? line.length : next;
      const word = line.slice(at, rest).split(/\s/).at(-1) ?? '';
      const goesOn = word.length === rest - at;
      isInAddress =
        (goesOn && isInAddress) || `${goesOn ? prose.slice(-2) : ''}${word}`.includes('://');
      prose += line.slice(at, rest);
      at = rest;
    }
  }
  return safe + escapeProse(prose);
}

function escapeProse(prose: string): string {
  return prose.replaceAll(/\S+/g, word => escapeWord(word, /[\\`[\]<$]/g));
}

/** In an address that is a link by itself, the sign that escapes would be a part of the address. */
function escapeWord(word: string, letters: RegExp): string {
  const at = word.indexOf('://');
  const end = at < 0 ? word.length : at;
  return (
    word.slice(0, end).replaceAll(letters, '\\$&') +
    word.slice(end).replaceAll(letters, letter => `&#${String(letter.charCodeAt(0))};`)
  );
}

/** Behind the run of so many backticks that ends code; 0 when there is none on the line. */
function endOfCode(line: string, from: number, length: number): number {
  for (let at = line.indexOf('`', from); at >= 0; at = line.indexOf('`', at)) {
    const run = lengthOfRun(line, at);
    at += run;
    if (run === length) return at;
  }
  return 0;
}

function lengthOfRun(line: string, from: number): number {
  let at = from;
  while (line.charAt(at) === '`') at += 1;
  return at - from;
}
