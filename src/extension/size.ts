// A size as people read it, in the language of the editor.

import { l10n } from 'vscode';
import { bytesInWords } from '../words/amounts.ts';

/** The larger units are called the same in every language. */
export function size(bytes: number): string {
  return bytes < 1024 ? l10n.t('{0} bytes', bytes) : bytesInWords(bytes);
}
