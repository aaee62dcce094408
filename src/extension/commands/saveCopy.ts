// A safe copy of what cannot be made again: rows, names, index and settings.

import { l10n, Uri } from 'vscode';
import { size } from '../size.ts';
import type { Context } from './context.ts';
import { chooseFolderHere } from './folderHere.ts';
import { sentence } from './planWords.ts';

export async function saveCopy({ client, person }: Context): Promise<void> {
  const chosen = await chooseFolderHere(
    person,
    l10n.t('Where shall the safe copy be made? A new folder is made in the one that you choose.'),
    l10n.t('Save Copy Here'),
  );
  if (chosen === null) return;
  const wanted = Uri.joinPath(chosen, folderName(new Date())).fsPath;
  const { folder, files, bytes, left } = await person.follow(
    l10n.t('Saving a copy'),
    () => client.ask('codexHealth/save', { folder: wanted }),
    false,
  );
  const [first] = left;
  const says = l10n.t(
    'A safe copy is in {0}: {1} files, {2}. The conversations themselves are not in it.',
    folder,
    files,
    size(bytes),
  );
  if (first === undefined) await person.tell('information', says);
  else
    await person.tell(
      'warning',
      l10n.t(
        '{0} {1} could not be copied, the first of them {2}: {3}',
        says,
        left.length,
        first.what,
        sentence(first.why),
      ),
    );
}

/** A folder that is not there yet; its name sorts by time. */
function folderName(now: Date): string {
  return `codex-safe-copy-${now.toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}`;
}
