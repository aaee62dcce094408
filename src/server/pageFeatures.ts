// What an editor may ask about our pages: their parts, where they lead to, and what a finding means.
// Answered from what is known, without the text that the editor has: it sends none.

import {
  MarkupKind,
  SymbolKind,
  type CodeLens,
  type Connection,
  type Disposable,
  type DocumentSymbol,
  type Hover,
  type Range,
} from 'vscode-languageserver';
import type { CheckPage } from '../engine/engine.ts';
import type { Finding } from '../engine/model/finding.ts';
import { DOCUMENT_SCHEME, type Place } from '../protocol/documents.ts';
import { isSamePage, pageOfCheck, parseAddress } from './addresses.ts';
import type { ChangePages } from './changes/changePages.ts';
import { remediesOf, type Remedy } from './codeActions.ts';
import { pageAt, placeAtHome, placeAtThread } from './documents.ts';
import { factOfFinding } from './findingsSection.ts';
import type { Health } from './health.ts';
import type { Offer, Page, Section } from './page.ts';
import type { View } from './view.ts';

export function answerAboutPages(
  connection: Connection,
  { viewOf, checks }: Health,
  changePages: ChangePages,
): readonly Disposable[] {
  const about = async <T>(uri: string, answer: (page: Page) => T): Promise<T | null> => {
    // A transcript is Markdown, which editors know how to read by themselves.
    const isTranscript = ['transcript', 'file'].includes(parseAddress(uri)?.kind ?? '');
    if (isTranscript || !uri.startsWith(`${DOCUMENT_SCHEME}:`)) return null;
    return answer((await changePages.page(uri)) ?? pageAt(await viewOf(uri), uri));
  };

  return [
    connection.onFoldingRanges(({ textDocument: { uri } }) =>
      about(uri, ({ sections }) =>
        sections
          .filter(({ line, lastLine }) => lastLine > line)
          .map(({ line, lastLine }) => ({ startLine: line, endLine: lastLine })),
      ),
    ),
    connection.onDocumentSymbol(({ textDocument: { uri } }) =>
      about(uri, ({ sections }) => sections.map(toSymbol)),
    ),
    connection.onDocumentLinks(({ textDocument: { uri } }) =>
      about(uri, ({ links }) =>
        links.map(({ line, startCharacter, endCharacter, target }) => ({
          range: rangeOf(line, startCharacter, endCharacter),
          target,
        })),
      ),
    ),
    connection.onCodeLens(async ({ textDocument: { uri } }) => {
      const now = await viewOf(uri);
      return about(uri, page => [...lensesOf(now, page, uri), ...page.offers.map(lensOfOffer)]);
    }),
    connection.onHover(async ({ textDocument: { uri }, position: { line } }) => {
      const { findings } = await viewOf(uri);
      const key = await about(uri, page => page.factOn(line));
      const finding = findings.find(({ id }) => key === factOfFinding(id));
      return finding === undefined ? null : explain(finding, checks);
    }),
  ];
}

/**
 * Above each finding of a page, what can be done about it, and its repairs once more above the line that is
 * wrong: our pages cannot be edited, and there VS Code shows no lightbulb.
 */
function lensesOf(view: View, page: Page, uri: string): CodeLens[] {
  const known = new Map(view.findings.map(finding => [factOfFinding(finding.id), finding]));
  return page.facts.flatMap(({ key, line }) => {
    const finding = known.get(key);
    if (finding === undefined) return [];
    const remedies = remediesOf(view, finding, uri);
    const wrong = placeOnPage(view, finding, page, uri);
    const isElsewhere = wrong !== null && wrong.line !== line;
    const repairs = isElsewhere ? remedies.slice(0, finding.cures.length) : [];
    return [
      ...remedies.map(remedy => lensAt(line, remedy)),
      ...repairs.map(remedy => lensAt(wrong?.line ?? line, remedy)),
    ];
  });
}

/** Null where the line that is wrong is on another page, or in a file. */
function placeOnPage(view: View, finding: Finding, page: Page, uri: string): Place | null {
  const address = parseAddress(uri);
  const place =
    address?.kind === 'thread'
      ? placeAtThread(view, finding, address.name, () => page)
      : placeAtHome(view, finding);
  return isSamePage(place.uri, uri) ? place : null;
}

function lensOfOffer({ line, title, command, given }: Offer): CodeLens {
  return { range: rangeOf(line, 0, 0), command: { title, command, arguments: [...given] } };
}

function lensAt(line: number, { title, command, arguments: given = [] }: Remedy): CodeLens {
  return { range: rangeOf(line, 0, 0), command: { title, command, arguments: given } };
}

function toSymbol({ heading, line, lastLine }: Section): DocumentSymbol {
  return {
    name: heading,
    kind: SymbolKind.Namespace,
    range: { start: { line, character: 0 }, end: { line: lastLine, character: WHOLE_LINE } },
    selectionRange: rangeOf(line, 0, heading.length),
  };
}

/** Editors shorten a range to the line that is there. */
const WHOLE_LINE = 1_000_000;

/** Nothing of the finding's own: what a home says stays out of what is Markdown. */
function explain({ check }: Finding, checks: ReadonlyMap<string, CheckPage>): Hover | null {
  const page = checks.get(check);
  if (page === undefined) return null;
  const value = `**${page.title}**\n\n${page.meaning}\n\n[${check}](${pageOfCheck(check)})`;
  return { contents: { kind: MarkupKind.Markdown, value } };
}

function rangeOf(line: number, start: number, end: number): Range {
  return { start: { line, character: start }, end: { line, character: end } };
}
