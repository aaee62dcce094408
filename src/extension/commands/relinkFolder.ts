// Lets threads work in the folder that has taken the place of one that is gone.

import { l10n } from 'vscode';
import type { Candidates } from '../../protocol/repairs.ts';
import { change } from './change.ts';
import type { Choice, Context } from './context.ts';
import { chooseFolderHere } from './folderHere.ts';
import { findingsOf, type Target } from './targets.ts';

/** The cure of a folder that is gone; it takes the new folder from the person. */
export const RELINK = 'relink';

export async function relinkFolder(context: Context, target: Target): Promise<void> {
  const findings = await findingsOf(context.client, target);
  const gone = findings.filter(({ cures }) => cures.some(({ id }) => id === RELINK));
  if (gone.length > 0)
    return relinkFindings(
      context,
      gone.map(({ id }) => id),
    );
  await context.person.tell(
    'information',
    l10n.t('No folder of these threads is known to be gone.'),
  );
}

export async function relinkFindings(context: Context, findings: readonly string[]): Promise<void> {
  const { client, person } = context;
  const candidates = await person.wait(l10n.t('Looking for the folder'), () =>
    client.ask('codexHealth/candidates', { findings }),
  );
  const to = await chooseFolder(context, candidates);
  if (to !== null) await change(context, { kind: 'findings', findings, cure: RELINK, to });
}

/** What speaks for a folder stands beside it; the last word has the person. */
async function chooseFolder(
  { person }: Context,
  { gone, folders }: Candidates,
): Promise<string | null> {
  const title = l10n.t('Which folder has taken the place of {0}?', gone);
  const another: Choice<string | null> = { label: l10n.t('Choose another folder…'), value: null };
  const known = folders.map(({ folder, evidence, isCertain }) => ({
    label: folder,
    ...(isCertain ? { description: l10n.t('certain') } : {}),
    detail: evidence,
    value: folder,
  }));
  const chosen = known.length === 0 ? null : await person.choose(title, [...known, another]);
  if (chosen !== null) return chosen ?? null;
  const folder = await chooseFolderHere(person, title, l10n.t('Use This Folder'));
  return folder?.fsPath ?? null;
}
