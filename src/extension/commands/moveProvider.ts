// Moves threads to another provider, so that lists show them again, and gives them their own back.

import { l10n } from 'vscode';
import type { ProviderChoice, Wish } from '../../protocol/repairs.ts';
import { change } from './change.ts';
import type { Choice, Context } from './context.ts';
import { threadsOf, type Target } from './targets.ts';

/** Threads that are selected, those of a project, or all of a provider that is chosen. */
export async function moveProvider(context: Context, target: Target): Promise<void> {
  const { client, person } = context;
  const providers = await person.wait(l10n.t('Counting the threads of each provider'), () =>
    client.ask('codexHealth/providers'),
  );
  const isAsked = target.clicked === undefined;
  const threads = isAsked ? null : (await threadsOf(client, target)).map(({ id }) => id);
  if (threads?.length === 0)
    return void (await person.tell(
      'information',
      l10n.t('There is no thread that could be moved.'),
    ));
  const from = isAsked ? await chooseFrom(context, providers) : { provider: null };
  if (from === undefined) return;
  const wish: Wish | undefined =
    from === 'restore'
      ? { kind: 'restore', threads }
      : await chooseTo(context, providers, from.provider, threads);
  if (wish !== undefined) await change(context, wish);
}

/** Null: whatever the threads are under. */
type From = { readonly provider: string | null } | 'restore';

function chooseFrom(
  { person }: Context,
  providers: readonly ProviderChoice[],
): Promise<From | undefined> {
  const some = providers.filter(({ threads }) => threads > 0);
  return person.choose<From>(l10n.t('Move threads of which provider?'), [
    ...some.map(one => ({ ...wordsOf(one), value: { provider: one.id } })),
    { ...restoring(), value: 'restore' },
  ]);
}

/** Threads of a provider that Codex does not know can be read and not resumed: none are moved there. */
async function chooseTo(
  { person }: Context,
  providers: readonly ProviderChoice[],
  from: string | null,
  threads: readonly string[] | null,
): Promise<Wish | undefined> {
  const usable = providers.filter(
    ({ id, state }) => id !== from && (state === 'defined' || state === 'unknown'),
  );
  const choices: Choice<Wish>[] = usable.map(provider => ({
    ...wordsOf(provider),
    value: { kind: 'move', from, to: provider.id, threads },
  }));
  if (threads !== null) choices.push({ ...restoring(), value: { kind: 'restore', threads } });
  if (choices.length > 0)
    return person.choose(l10n.t('Move the threads to which provider?'), choices);
  await person.tell(
    'information',
    l10n.t('There is no other provider that Codex knows. Define it in config.toml first.'),
  );
  return undefined;
}

type Words = Omit<Choice<never>, 'value'>;

function restoring(): Words {
  return {
    label: l10n.t('Give threads their original provider back'),
    detail: l10n.t('For those that were moved before; the original of each is remembered.'),
  };
}

function wordsOf(provider: ProviderChoice): Words {
  const { id, threads, listed } = provider;
  return {
    label: id,
    description: stateInWords(provider),
    detail: l10n.t('Threads: {0}. In the lists of Codex: {1}.', threads, listed),
  };
}

function stateInWords({ isCurrent, state }: ProviderChoice): string {
  if (isCurrent) return l10n.t('set now');
  switch (state) {
    case 'defined':
      return l10n.t('defined');
    case 'undefined':
      return l10n.t('not defined in config.toml');
    case 'retired':
      return l10n.t('no longer supported by Codex');
    case 'unknown':
      return l10n.t('config.toml could not be read');
  }
}
