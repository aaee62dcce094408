// Codex: Keep the Databases of This Host on Its Local Disk. Asks who else has the home, and for the disk; the rest
// goes as every change does.

import { l10n, Uri } from 'vscode';
import type { DatabaseChoices, DatabasesWished } from '../../protocol/repairs.ts';
import { change } from './change.ts';
import type { Context, Person } from './context.ts';
import { chooseFolderHere } from './folderHere.ts';

export async function keepDatabasesLocal(context: Context): Promise<void> {
  const { client, person } = context;
  const choices = await person.wait(l10n.t('Looking at how Codex is started on this host'), () =>
    client.ask('codexHealth/databaseChoices'),
  );
  const old = await chooseOld(person, choices);
  if (old === undefined) return;
  const chosen = await chooseFolderHere(
    person,
    l10n.t(
      'On which local disk of {0}? A new folder for the databases is made in the one that you choose.',
      choices.host,
    ),
    l10n.t('Keep Databases Here'),
  );
  if (chosen === null) return;
  const folder = Uri.joinPath(chosen, 'codex-databases').fsPath;
  await change(context, { kind: 'databases', folder, old, shells: choices.shells });
}

/** Where somebody else is known to have the home, its databases stay for them, and nobody is asked. */
async function chooseOld(
  person: Person,
  { host, others }: DatabaseChoices,
): Promise<DatabasesWished['old'] | undefined> {
  if (others.length > 0) return 'stay';
  return person.choose<DatabasesWished['old']>(
    l10n.t('Is this Codex home used on other hosts besides {0}?', host),
    [
      {
        label: l10n.t('Yes, or I Am Not Sure'),
        detail: l10n.t('The databases are copied. Those in the home stay for the other hosts.'),
        value: 'stay',
      },
      {
        label: l10n.t('No, It Is Used Here Alone'),
        detail: l10n.t('The databases go to the disk. Those in the home go into the backup.'),
        value: 'go',
      },
    ],
  );
}
