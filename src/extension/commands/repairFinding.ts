// Repairs what was pointed at: rows of the tree, a marker's lightbulb, or an open record.

import { l10n, Uri } from 'vscode';
import type { CureOffer } from '../../engine/model/finding.ts';
import type { FindingNode } from '../../protocol/tree.ts';
import { change } from './change.ts';
import type { Context } from './context.ts';
import { termsOfCure } from './planWords.ts';
import { RELINK, relinkFindings } from './relinkFolder.ts';
import { findingsOf, type Target } from './targets.ts';

/** From a lightbulb: the finding's id, and the cure that stands on the bulb. */
export async function repairNamed(
  context: Context,
  finding: string,
  cure: string | null,
): Promise<void> {
  await repair(context, [finding], cure);
}

export async function repairFinding(context: Context, target: Target): Promise<void> {
  const { client, person } = context;
  const findings = await findingsOf(client, target);
  const curable = findings.filter(({ cures }) => cures.length > 0);
  const [first] = curable;
  if (first === undefined) return tellIncurable(context, findings);
  const cures = curesOfAll(curable);
  const ids = curable.map(({ id }) => id);
  if (cures.length < 2) return repair(context, ids, cures[0]?.id ?? null);
  const cure = await person.choose(
    l10n.t('How shall it be repaired?'),
    cures.map(one => ({ label: one.title, detail: termsOfCure(one), value: one.id })),
  );
  if (cure !== undefined) await repair(context, ids, cure);
}

async function repair(
  context: Context,
  findings: readonly string[],
  cure: string | null,
): Promise<void> {
  if (cure === RELINK) return relinkFindings(context, findings);
  return change(context, { kind: 'findings', findings, cure, to: null });
}

/** Findings of different kinds have no cure in common; then each gets the one that fits. */
function curesOfAll(findings: readonly FindingNode[]): readonly CureOffer[] {
  const [first, ...others] = findings;
  return (first?.cures ?? []).filter(({ id }) =>
    others.every(
      ({ check, cures }) => check === first?.check && cures.some(cure => cure.id === id),
    ),
  );
}

async function tellIncurable({ person }: Context, [first]: readonly FindingNode[]): Promise<void> {
  if (first === undefined)
    return void (await person.tell(
      'information',
      l10n.t('Nothing is found there that could be repaired.'),
    ));
  const open = l10n.t('Open Record');
  const says = l10n.t('No safe repair is known for this: {0}', first.says);
  if ((await person.tell('information', says, open)) !== open) return;
  const { uri, line, startCharacter } = first.place;
  await person.show(Uri.parse(uri), { line, character: startCharacter });
}
