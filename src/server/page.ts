// A page is a text of facts, one on each line, which knows the line of each fact.

import type { Place } from '../protocol/documents.ts';
import { harmless } from '../words/harmless.ts';

export interface Page {
  readonly text: string;
  /** Its parts: a heading each, down to the line before the next one. */
  readonly sections: readonly Section[];
  /** What leads elsewhere, and where to. */
  readonly links: readonly PageLink[];
  /** What can be done, and at which line. */
  readonly offers: readonly Offer[];
  /** Where each fact stands. */
  readonly facts: readonly { readonly key: string; readonly line: number }[];
  /** Which fact stands on a line; null where none does. */
  factOn(line: number): string | null;
  /** Where the first of these facts stands that the page has; else its first line. */
  place(uri: string, wanted: readonly string[]): Place;
}

export interface Section {
  readonly heading: string;
  readonly line: number;
  readonly lastLine: number;
}

export interface PageLink {
  readonly line: number;
  readonly startCharacter: number;
  readonly endCharacter: number;
  readonly target: string;
}

/** A command of the editor; it asks before it does anything. */
export interface Offer {
  readonly line: number;
  readonly title: string;
  readonly command: string;
  readonly given: readonly string[];
}

export interface PageWriter {
  title(text: string): void;
  heading(text: string): void;
  /** The key names the fact to findings; a label is shown. A target is what its value leads to. */
  fact(key: string, label: string, value: string, target?: string | null): void;
  /** What can be done about the newest line. */
  offer(offer: Omit<Offer, 'line'>): void;
  page(): Page;
}

const LABEL_WIDTH = 22;
/** What is longer is shortened: a record shall be read at a glance. */
const LONGEST = 300;

export function createPageWriter(): PageWriter {
  const lines: string[] = [];
  const facts = new Map<string, { readonly line: number; readonly start: number }>();
  const keys = new Map<number, string>();
  const headings: { readonly heading: string; readonly line: number }[] = [];
  const links: PageLink[] = [];
  const offers: Offer[] = [];
  return {
    title: text => void lines.push(harmless(text, LONGEST)),
    heading: text => {
      const heading = harmless(text, LONGEST);
      headings.push({ heading, line: lines.length + 1 });
      lines.push('', heading);
    },
    fact: (key, label, value, target) => {
      const start = `${label} `.padEnd(LABEL_WIDTH);
      const line = lines.length;
      keys.set(line, key);
      if (!facts.has(key)) facts.set(key, { line, start: start.length });
      lines.push(`${start}${harmless(value === '' ? 'none' : value, LONGEST)}`);
      const [startCharacter, endCharacter] = [start.length, lines[line]?.length ?? 0];
      if (target != null) links.push({ line, startCharacter, endCharacter, target });
    },
    offer: offer => void offers.push({ ...offer, line: lines.length - 1 }),
    page: () => ({
      text: `${lines.join('\n')}\n`,
      sections: headings.map(({ heading, line }, index) => {
        const next = headings[index + 1]?.line ?? lines.length + 1;
        // Without the empty line before the next heading.
        return { heading, line, lastLine: next - 2 };
      }),
      links,
      offers,
      facts: [...keys].map(([line, key]) => ({ key, line })),
      factOn: line => keys.get(line) ?? null,
      place: (uri, wanted) => {
        const known = wanted.find(key => facts.has(key));
        const { line, start } = facts.get(known ?? '') ?? { line: 0, start: 0 };
        return { uri, line, startCharacter: start, endCharacter: lines[line]?.length ?? 0 };
      },
    }),
  };
}
