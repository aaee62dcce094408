// What people see where: the same answers in their words.

import type { Visibility } from '../model/report.ts';
import { asShown, unknown, type Verdict } from './verdict.ts';

/** Codex for Visual Studio Code lists the newest fifty, and what the desktop app does we do not know. */
export function surfacesOf(newest50: Verdict, picker: Verdict): Visibility['surfaces'] {
  return {
    vscode: asShown(newest50),
    resumePicker: asShown(picker),
    desktop: asShown(unknown('what the desktop app shows was not measured')),
  };
}
