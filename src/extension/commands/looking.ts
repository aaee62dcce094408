// What changes nothing: looks again, opens what is known, copies the report.

import { l10n, Uri, window } from 'vscode';
import { VIEW } from '../contributions.ts';
import type { Client } from '../client.ts';
import type { Context } from './context.ts';

export async function refresh(client: Client): Promise<void> {
  await window.withProgress({ location: { viewId: VIEW } }, () =>
    client.ask('codexHealth/refresh'),
  );
}

/** `target`: a document of ours, its address, or a row of the tree that has one. */
export async function openRecord(
  { person }: Context,
  target: unknown,
  line: number,
  character: number,
): Promise<void> {
  const uri = uriOf(target);
  if (uri !== null) await person.show(uri, { line, character });
}

function uriOf(target: unknown): Uri | null {
  if (target instanceof Uri) return target;
  if (typeof target === 'string') return Uri.parse(target);
  return typeof target === 'object' && target !== null && 'uri' in target
    ? uriOf(target.uri)
    : null;
}

export async function copyReport({ client, person }: Context): Promise<void> {
  await person.copy(await client.ask('codexHealth/report'));
  person.mention(l10n.t('The report is on the clipboard, without names and paths.'));
}
