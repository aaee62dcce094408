// Codex: Give Each Host Its Own Codex Home. Asks whom it is for, and how what is set up is shared; the rest goes
// as every change does.

import { l10n } from 'vscode';
import type { SplitChoice, SplitOther, SplitWished } from '../../protocol/repairs.ts';
import { change } from './change.ts';
import type { Choice, Context } from './context.ts';

export async function splitHome(context: Context): Promise<void> {
  const { client, person } = context;
  const choices = await person.wait(l10n.t('Looking at the hosts that have this Codex home'), () =>
    client.ask('codexHealth/splitChoices'),
  );
  const chosen = await person.chooseSome(
    l10n.t('Which hosts shall have a Codex home of their own?'),
    choices.hosts.map(rowOf),
    choices.others.map(({ says }) => says).join(' '),
  );
  if (chosen === undefined || chosen.length === 0) return;
  const unseen = choices.others.filter(({ isUnseen }) => isUnseen);
  const answer = unseen.length === 0 ? 'closed' : await askWhetherClosed(context, unseen);
  if (answer === 'again') return splitHome(context);
  if (answer === null) return;
  const takesInferred = await chooseThreads(context, chosen);
  if (takesInferred === undefined) return;
  const shared = await chooseSharing(context);
  if (shared === undefined) return;
  const hosts = chosen.map(({ host, threads, inferred }) => ({
    host,
    threads: takesInferred ? [...threads, ...inferred] : threads,
  }));
  const closed = unseen.map(({ host }) => host);
  await change(context, { kind: 'split', hosts, shells: choices.shells, shared, closed });
}

/** Nobody but the person can know it: whoever may have the home open and is not seen is asked about first. */
async function askWhetherClosed(
  { person }: Context,
  unseen: readonly SplitOther[],
): Promise<'closed' | 'again' | null> {
  const yes = l10n.t('No Codex Runs There');
  const again = l10n.t('Look Again');
  const detail = [
    ...unseen.map(({ says }) => `• ${says}`),
    '',
    l10n.t(
      'A Codex that runs there all the same can write into what is being moved. Only you can know that none runs there, and see to it that none is started before the split is made.',
    ),
    l10n.t(
      'Otherwise let these hosts answer, name them in the setting codexHealth.hosts, and look again. Nothing has been changed yet.',
    ),
  ].join('\n');
  const question =
    unseen.length === 1
      ? l10n.t('Does a Codex run on {0}?', unseen[0]?.host ?? '')
      : l10n.t('Does a Codex run on one of these {0} hosts?', unseen.length);
  const answer = await person.ask(question, detail, again, yes);
  if (answer === again) return 'again';
  return answer === yes ? 'closed' : null;
}

function rowOf(choice: SplitChoice): Choice<SplitChoice> {
  const { host, isHere, home, threads, inferred } = choice;
  const counts = l10n.t('threads: {0}; perhaps more: {1}', threads.length, inferred.length);
  return {
    label: host,
    description: isHere ? l10n.t('{0}; this machine', counts) : counts,
    detail: home,
    isChosen: true,
    value: choice,
  };
}

/** Undefined where the person leaves; nobody is asked where there is nothing to choose. */
async function chooseThreads(
  { person }: Context,
  chosen: readonly SplitChoice[],
): Promise<boolean | undefined> {
  const sure = chosen.flatMap(({ threads }) => threads).length;
  const inferred = chosen.flatMap(one => one.inferred).length;
  if (inferred === 0) return false;
  return person.choose(l10n.t('Which threads shall go to their host?'), [
    {
      label: l10n.t('Those that were seen there, or that you have pinned'),
      detail: l10n.t('{0} threads; all others stay where they are.', sure),
      value: false,
    },
    {
      label: l10n.t('Also those whose host is only inferred'),
      detail: l10n.t(
        '{0} threads: Codex’s log, the desktop app, or their folder speaks for the host.',
        sure + inferred,
      ),
      value: true,
    },
  ]);
}

function chooseSharing({ person }: Context): Promise<SplitWished['shared'] | undefined> {
  return person.choose<SplitWished['shared']>(
    l10n.t('How shall the hosts share settings, keys, rules, skills and prompts?'),
    [
      {
        label: l10n.t('By link'),
        detail: l10n.t('They stay one: what is changed on one host is so on all of them.'),
        value: 'link',
      },
      {
        label: l10n.t('As copies'),
        detail: l10n.t('Each host has its own from then on: what is changed stays there.'),
        value: 'copy',
      },
    ],
  );
}
