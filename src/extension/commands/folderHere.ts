// A folder of the machine on which Codex works, which is the one where we run.

import { l10n, type Uri } from 'vscode';
import type { Person } from './context.ts';

/** Null when none was chosen, or one that lies elsewhere. */
export async function chooseFolderHere(
  person: Person,
  title: string,
  button: string,
): Promise<Uri | null> {
  const folder = await person.chooseFolder(title, button);
  if (folder === undefined || folder.scheme === 'file') return folder ?? null;
  await person.tell(
    'warning',
    l10n.t(
      '{0} is not on the machine on which Codex runs. Choose a folder there.',
      folder.toString(true),
    ),
  );
  return null;
}
