// An expected "no", in the words of an editor: the engine's own name commands that are typed.

import { ResponseError } from 'vscode-languageserver';
import { Refusal } from '../../engine/refusal.ts';
import { REFUSED, type RefusedData } from '../../protocol/requests.ts';

/** What can be done next, where the engine's own words are those of a command line. */
const NEXT: Readonly<Record<string, string>> = {
  'plan-changed': 'Nothing was changed. Look at the new plan, and apply that.',
  'codex-running':
    'Nothing was changed. Close it (in VS Code: close the window, or disable the Codex extension in it; in a terminal: end codex), and try again; or let it be waited for.',
  'two-databases': 'Say which one is meant with the setting codexHealth.sqliteHome.',
  'no-such-receipt': 'The history of repairs lists them.',
  'already-undone': 'The history of repairs shows those that can be undone.',
  'nothing-to-undo':
    'If the backups are kept elsewhere, name the folder with the setting codexHealth.vault.',
  'undo-unfinished':
    'What was put back stays so. Remove the hindrance and undo it again: it goes on where it stopped.',
  'same-provider': 'Nothing was changed. Choose another provider.',
  'provider-retired': 'Nothing was changed. Choose another provider.',
  'cannot-write':
    'Looking works here. Repairs need a newer VS Code, or codex-health with a newer Node.',
};

export function inEditor(refusal: Refusal): Refusal {
  const { code, message, next } = refusal;
  return new Refusal(code, message, NEXT[code] ?? next);
}

/** All other errors are failures of ours, and stay what they are. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, next } = inEditor(error);
    throw new ResponseError<RefusedData>(REFUSED, message, { refusal: code, next });
  }
}
