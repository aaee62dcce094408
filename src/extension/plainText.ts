// Titles, paths and prompts come from elsewhere. VS Code follows links in its messages, those that run
// commands too, and draws icons for `$(name)` in the rows of its lists; from us it gets plain text.

import { harmless } from '../words/harmless.ts';

/** For messages, questions and progress: no link in it can be followed. Lines are kept. */
export function forMessage(text: string): string {
  return text
    .split('\n')
    .map(line => harmless(line).replaceAll('](', '] ('))
    .join('\n');
}

/** For the rows of a list: nothing in it becomes an icon. */
export function forRow(text: string): string {
  return harmless(text).replaceAll('$(', '\\$(');
}
