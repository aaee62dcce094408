// The server says how far it has come, and VS Code wants to know by how much.

import type { Progress } from 'vscode';

export type Telling = Progress<{ readonly message?: string; readonly increment?: number }>;

export interface Heard {
  readonly message?: string;
  readonly percentage?: number;
}

/**
 * What goes back, as the counting of a next phase does, is no progress. A report without a message would
 * take away the one that stands there.
 */
export function inSteps(progress: Telling): (heard: Heard) => void {
  let reached = 0;
  let said: string | undefined;
  return ({ message = said, percentage = reached }) => {
    const increment = Math.max(0, percentage - reached);
    reached += increment;
    said = message;
    if (message !== undefined) progress.report({ increment, message });
    else if (increment > 0) progress.report({ increment });
  };
}
