// "I know; stop telling me": a finding that is accepted counts nowhere until its facts change.

import { l10n } from 'vscode';
import type { Context } from './context.ts';
import { findingsOf, type Target } from './targets.ts';
import { timeInWords } from './undoRepair.ts';

export async function acceptFinding(context: Context, target: Target): Promise<void> {
  const findings = await findingsOf(context.client, target);
  if (findings.length > 0)
    return acceptNamed(
      context,
      findings.map(({ id }) => id),
    );
  await context.person.tell(
    'information',
    l10n.t('Nothing is found there that could be accepted.'),
  );
}

export async function acceptNamed(
  { client, person }: Context,
  findings: readonly string[],
): Promise<void> {
  await client.ask('codexHealth/accept', { findings });
  person.mention(
    findings.length === 1
      ? l10n.t('1 finding is accepted. "Codex: Show Accepted Findings" takes it back.')
      : l10n.t(
          '{0} findings are accepted. "Codex: Show Accepted Findings" takes them back.',
          findings.length,
        ),
  );
}

export async function showAccepted({ client, person }: Context): Promise<void> {
  const accepted = await client.ask('codexHealth/accepted');
  if (accepted.length === 0)
    return void (await person.tell('information', l10n.t('No finding is accepted.')));
  const findings = await person.chooseSome(
    l10n.t('Accepted findings: choose those that shall count again'),
    accepted.map(({ finding, says, acceptedAtMs }) => ({
      label: says,
      description: timeInWords(new Date(acceptedAtMs).toISOString()),
      detail: finding,
      value: finding,
    })),
  );
  if (findings === undefined || findings.length === 0) return;
  await client.ask('codexHealth/takeBack', { findings });
  person.mention(
    findings.length === 1
      ? l10n.t('1 finding counts again.')
      : l10n.t('{0} findings count again.', findings.length),
  );
}
