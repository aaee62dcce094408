// Codex: Repair State. Looks, and offers all that can be repaired without a choice.

import { l10n } from 'vscode';
import type { PlanShown } from '../../protocol/repairs.ts';
import { COMMANDS, VIEW } from '../contributions.ts';
import { change, tellNothing } from './change.ts';
import type { Context } from './context.ts';

export async function repairState(context: Context): Promise<void> {
  const { client, person } = context;
  await person.wait(l10n.t('Looking at the Codex home'), () => client.ask('codexHealth/refresh'));
  await change(context, { kind: 'all' }, plan => tellWhatIsLeft(context, plan));
}

/** Nothing to do is not the same as nothing wrong, for which somebody could take it. */
async function tellWhatIsLeft(context: Context, plan: PlanShown): Promise<void> {
  if (plan.refused.length > 0) return tellNothing(context, plan);
  const { client, person } = context;
  const { threadsInTrouble, troublesOfHome } = await client.ask('codexHealth/tree', {
    filter: 'all',
  });
  const stopped = await client.ask('codexHealth/stopped');
  const [history, list] = [l10n.t('Show History'), l10n.t('Show')];
  if (stopped !== null) {
    const says = l10n.t(
      'There is nothing to repair, but an earlier repair was stopped in the middle. The history shows it.',
    );
    if ((await person.tell('warning', says, history)) === history)
      await person.run(COMMANDS.showHistory);
  } else if (threadsInTrouble + troublesOfHome === 0)
    await person.tell('information', l10n.t('There is nothing to repair.'));
  else {
    const says = l10n.t(
      'Nothing of what was found is repaired without a choice of yours. Threads in trouble: {0}; troubles of the Codex home: {1}. Each offers its repairs in the list.',
      threadsInTrouble,
      troublesOfHome,
    );
    if ((await person.tell('information', says, list)) === list) await person.run(`${VIEW}.focus`);
  }
}
