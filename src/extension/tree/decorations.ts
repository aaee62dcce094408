// Trouble as VS Code shows it beside files: a colour and a number. What there is to say is in the
// address of a row itself, so that a row whose trouble changed is asked about anew, and nothing has
// to be remembered. Each level says its own, and nothing is handed upwards: what is below may not
// have been loaded.

import {
  l10n,
  ThemeColor,
  Uri,
  window,
  type Disposable,
  type FileDecoration,
  type FileDecorationProvider,
} from 'vscode';
import type { Severity } from '../../engine/model/finding.ts';
import { findingsInWords, spoken, threadsInTrouble } from './words.ts';

/** Not that of the documents: those have their decorations from their markers. */
const SCHEME = 'codex-health-row';

/** What is counted on a row: its own findings, or the threads in trouble below it. */
type Counted = 'findings' | 'threads';

/** The address of a row; undefined where there is nothing to show, and it needs none. */
export function troubledRow(
  id: string,
  severity: Severity | null,
  counted: Counted,
  count: number,
): Uri | undefined {
  if (severity === null || severity === 'note' || count === 0) return undefined;
  const query = `${severity}&${counted}&${String(count)}`;
  // Encoded: rows are not files, and one whose address begins as another's does is not inside of it.
  return Uri.from({ scheme: SCHEME, path: `/${encodeURIComponent(id)}`, query });
}

export const decorations: FileDecorationProvider = {
  provideFileDecoration: ({ scheme, query }): FileDecoration | undefined => {
    if (scheme !== SCHEME) return undefined;
    const [severity, counted, digits] = query.split('&');
    if (severity !== 'error' && severity !== 'warning') return undefined;
    const count = Number(digits);
    return {
      badge: count > 9 ? '9+' : String(count),
      color: new ThemeColor(COLORS[severity]),
      tooltip:
        counted === 'threads'
          ? threadsInTrouble(count)
          : l10n.t('{0}: {1}', spoken(severity), findingsInWords(count)),
    };
  },
};

const COLORS = { error: 'list.errorForeground', warning: 'list.warningForeground' } as const;

export function registerDecorations(): Disposable {
  return window.registerFileDecorationProvider(decorations);
}
