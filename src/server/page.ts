// A page is a text of facts, one on each line, which knows the line of each fact.

import type { Place } from '../protocol/documents.ts';
import { harmless } from '../words/harmless.ts';

export interface Page {
  readonly text: string;
  /** Where the first of these facts stands that the page has; else its first line. */
  place(uri: string, wanted: readonly string[]): Place;
}

export interface PageWriter {
  title(text: string): void;
  heading(text: string): void;
  /** The key names the fact to findings; a label is shown. */
  fact(key: string, label: string, value: string): void;
  page(): Page;
}

const LABEL_WIDTH = 22;
/** What is longer is shortened: a record shall be read at a glance. */
const LONGEST = 300;

export function createPageWriter(): PageWriter {
  const lines: string[] = [];
  const facts = new Map<string, { readonly line: number; readonly start: number }>();
  return {
    title: text => void lines.push(harmless(text, LONGEST)),
    heading: text => void lines.push('', harmless(text, LONGEST)),
    fact: (key, label, value) => {
      const start = `${label} `.padEnd(LABEL_WIDTH);
      if (!facts.has(key)) facts.set(key, { line: lines.length, start: start.length });
      lines.push(`${start}${harmless(value === '' ? 'none' : value, LONGEST)}`);
    },
    page: () => ({
      text: `${lines.join('\n')}\n`,
      place: (uri, wanted) => {
        const known = wanted.find(key => facts.has(key));
        const { line, start } = facts.get(known ?? '') ?? { line: 0, start: 0 };
        return { uri, line, startCharacter: start, endCharacter: lines[line]?.length ?? 0 };
      },
    }),
  };
}
