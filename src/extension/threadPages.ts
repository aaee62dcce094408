// Which of our pages are about a thread. Its id stands in the path, encoded once more by the server since an
// id may hold anything; what follows is its title, which may have been another one when a tab was opened.

import { TabInputText, window, type Tab, type Uri } from 'vscode';
import { DOCUMENT_SCHEME } from '../protocol/documents.ts';

/** The id of the thread whose record or transcript this is; null for any other document. */
export function threadIdOf({ scheme, path }: Uri): string | null {
  const [, id] = /^\/(?:thread|transcript)\/([^/]+)/.exec(path) ?? [];
  if (scheme !== DOCUMENT_SCHEME || id === undefined) return null;
  return id.replaceAll('%2F', '/').replaceAll('%25', '%');
}

/** Tabs with the same page under a title that its thread had before. */
export function tabsUnderOtherTitle(page: Uri): readonly Tab[] {
  const untitled = withoutTitle(page);
  if (untitled === null) return [];
  return window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof TabInputText &&
        input.uri.toString() !== page.toString() &&
        withoutTitle(input.uri) === untitled,
    );
}

function withoutTitle({ scheme, authority, path }: Uri): string | null {
  const [untitled] = /^\/(?:thread\/[^/]+|transcript\/[^/]+(?:\/\d+(?=\/|$))?)/.exec(path) ?? [];
  return scheme === DOCUMENT_SCHEME && untitled !== undefined ? `${authority}${untitled}` : null;
}
