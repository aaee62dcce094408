// Who can see a thread, and why not: pure.

import type { Shown, Visibility } from './model/report.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { ThreadId } from './model/words.ts';

const NOT_PREDICTED: Shown = { shown: 'unknown', why: 'not predicted yet' };

const UNKNOWN: Visibility = {
  scanList: NOT_PREDICTED,
  databaseList: NOT_PREDICTED,
  newest50: NOT_PREDICTED,
  resumable: { answer: 'unknown', why: 'not predicted yet' },
  surfaces: { vscode: NOT_PREDICTED, resumePicker: NOT_PREDICTED, desktop: NOT_PREDICTED },
};

export function predictVisibility({ threads }: Snapshot): Readonly<Record<ThreadId, Visibility>> {
  return Object.fromEntries(threads.map(({ id }) => [id, UNKNOWN]));
}
