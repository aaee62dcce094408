// The providers of a home: who has which threads, and where a person sees them.

import type { ProviderEntry, ProviderList } from '../../engine/engine.ts';
import { count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Context } from '../command.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

export function providersJson({ current, providers, disagreeing }: ProviderList) {
  return {
    schemaVersion: 1,
    current,
    providers: providers.map(({ isCurrent, ...rest }) => ({ ...rest, current: isCurrent })),
    disagreeing,
    cannot: CANNOT,
  };
}

export const CANNOT =
  'Moving cannot make parts readable that one provider has encrypted: the hidden reasoning of an answer stays unreadable to the other provider.';

export function renderProviders(list: ProviderList, { page, typed }: Context): string {
  const { paint, width } = page;
  const { current, providers, disagreeing } = list;
  const lines = [
    ...wrap(
      harmless(
        `The provider that is set is "${current}": Codex lists its threads, and hides those of all others.`,
      ),
      width,
    ).map(paint.bold),
    '',
    ...providers.flatMap(entry => [
      ...wrapIndented(`${paint.bold(harmless(entry.id))}: ${amounts(entry)}`, width, '  '),
      ...remarks(entry).flatMap(text => wrapIndented(harmless(text), width, '    ')),
    ]),
    ...(disagreeing.length === 0
      ? []
      : [
          '',
          ...wrap(
            `${count(disagreeing.length, 'thread')} ${disagreeing.length === 1 ? 'is' : 'are'} recorded under several providers. ${typed('apply --check thread-provider-mismatch')} lets all places follow the first line of the file.`,
            width,
          ),
        ]),
    '',
    ...wrap(CANNOT, width).map(paint.dim),
    paint.dim(`To move threads: ${typed('provider move --from A --to B')}`),
  ];
  return `${lines.join('\n')}\n`;
}

function amounts({ active, archived, isCurrent, listed }: ProviderEntry): string {
  const archivedToo = archived.length === 0 ? '' : `, ${String(archived.length)} archived`;
  if (active.length + archived.length === 0)
    return isCurrent ? 'set now; it has no threads' : 'no threads';
  const where =
    active.length === 0
      ? ''
      : listed === active.length
        ? '; all active ones are in the lists'
        : listed === 0
          ? '; hidden from the lists'
          : `; ${String(listed)} in the lists`;
  return `${count(active.length, 'active thread')}${archivedToo}${where}`;
}

function remarks({ active, listed, resumable, state, cameFrom, id }: ProviderEntry): string[] {
  return [
    ...(state === 'undefined'
      ? [
          `config.toml does not define it: its threads can be read, and not be resumed. Define it as [model_providers.${id}], or move them.`,
        ]
      : []),
    ...(state === 'retired'
      ? ['Codex no longer supports it: its threads can be read, and not be resumed.']
      : []),
    ...(state === 'unknown'
      ? ['config.toml could not be read, so that nobody knows whether Codex knows it.']
      : []),
    ...(listed < active.length && resumable > 0
      ? [`${count(resumable, 'thread')} can be opened by id all the same: codex resume ID.`]
      : []),
    ...cameFrom.map(
      ({ provider, threads }) =>
        `${count(threads, 'thread')} came from "${provider}"; provider restore gives ${threads === 1 ? 'it' : 'them'} that back.`,
    ),
  ];
}
