// What people see where: the same answers in their words.

import type { Visibility } from '../model/report.ts';
import type { Thread } from '../model/thread.ts';
import { asShown, no, unknown, type Verdict } from './verdict.ts';

export interface Lists {
  readonly scanList: Verdict;
  readonly newest50: Verdict;
}

export function surfacesOf(thread: Thread, { scanList, newest50 }: Lists): Visibility['surfaces'] {
  return {
    vscode: asShown(newest50),
    resumePicker: asShown(thread.archived ? no('it is archived') : scanList),
    desktop: asShown(unknown('what the desktop app shows was not measured')),
  };
}
