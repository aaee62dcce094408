// What a person can choose where a provider hides threads: to set it again, or to move its threads to
// the one that is set.

import type { CloserLook } from '../../model/closerLook.ts';
import { bytesOfText } from '../../model/bytes.ts';
import type { Config, Snapshot } from '../../model/snapshot.ts';
import type { ThreadId } from '../../model/words.ts';
import { judgedThread } from '../judging/causes.ts';
import type { Cure, Draft, Facts, Objection } from '../check.ts';
import { CHOSEN, editFile, GONE } from './curing.ts';
import { draftMove, holdToMove, wishesToMove } from './moveThread.ts';
import { isKnownProvider, isRetiredProvider } from '../judging/providers.ts';

/**
 * The text of config.toml is changed by ourselves. Codex has a method for it, which writes the file anew
 * with other line ends, another spelling and other rights (seen in 0.142, 0.160 and 0.169).
 */
export function setProviderCure<F extends Facts>(): Cure<F> {
  return {
    ...CHOSEN,
    id: 'set-provider',
    title: 'Set this provider again in config.toml',
    limits:
      'Lists then hide the threads of the provider that is set now. A Codex that is open goes on listing as before until it is started again.',
    needs: ['a-choice'],
    phase: 'files',
    fits: ({ subject: { key: provider } }, { config }) =>
      isReadable(config) && isUsable(provider, config) && provider !== config.provider,
    wishes: (_, { config }) => ({ providerPlaces: [config.file] }),
    plan: ({ subject: { key: provider } }, { config }, closer) =>
      config.refused === null
        ? setProvider(provider, config, closer)
        : refusedByCodex(config.refused),
  };
}

export function moveToCurrentCure<F extends Facts>(): Cure<F> {
  return {
    ...CHOSEN,
    id: 'move-provider',
    title: 'Move these threads to the provider that is set now',
    limits:
      'Only the threads of the finding are moved; codex-health provider move takes archived ones along. Parts of answers that are encrypted for the old provider stay unreadable to the new one.',
    needs: ['a-choice'],
    phase: 'files',
    fits: ({ subject: { key: provider } }, { config }) =>
      isReadable(config) && isUsable(config.provider, config) && provider !== config.provider,
    wishes: ({ threads }, snapshot) => {
      const held = threads.map(id => heldThread(snapshot, id));
      const all = held.flatMap(one => ('why' in one ? [] : [wishesToMove(snapshot, one)]));
      return {
        rows: all.flatMap(({ rows }) => rows ?? []),
        heads: all.flatMap(({ heads }) => heads ?? []),
        ends: all.flatMap(({ ends }) => ends ?? []),
        projections: all.flatMap(({ projections }) => projections ?? []),
      };
    },
    plan: ({ subject: { key: provider }, threads }, snapshot, closer) =>
      snapshot.config.refused === null
        ? threads.flatMap(id => move(id, provider, snapshot, closer) ?? [])
        : refusedByCodex(snapshot.config.refused),
  };
}

function move(
  id: ThreadId,
  from: string,
  snapshot: Snapshot,
  closer: CloserLook,
): Draft | Objection | null {
  const held = heldThread(snapshot, id);
  const to = snapshot.config.provider;
  const draft = 'why' in held ? held : draftMove(snapshot, closer, held, { from, to });
  return draft !== null && 'why' in draft ? { ...draft, why: `${id}: ${draft.why}` } : draft;
}

function heldThread(snapshot: Snapshot, id: ThreadId): ReturnType<typeof holdToMove> {
  const judged = judgedThread(snapshot, id);
  return judged === undefined ? GONE : holdToMove(judged);
}

function setProvider(provider: string, config: Config, closer: CloserLook): Draft | Objection {
  const says = `config.toml sets the provider "${provider}" instead of "${config.provider}".`;
  const value = bytesOfText(JSON.stringify(provider).replaceAll('\x7f', '\\u007f'));
  const content = (lineBreak: string) => `model_provider = ${value}${lineBreak}`;
  if (config.state === 'absent')
    return {
      says,
      steps: [{ kind: 'create', file: config.file, content: content('\n'), modifiedMs: null }],
    };
  const place = closer.providerPlaces[config.file];
  if (place === undefined)
    return {
      why: 'config.toml could not be read exactly',
      next: `Set model_provider = ${JSON.stringify(provider)} in it by hand.`,
    };
  const { at, written, lineBreak } = place;
  const after = written === '' ? content(lineBreak) : value;
  return { says, steps: [editFile(place, [{ at, before: written, after }])] };
}

function isReadable({ state }: Config): boolean {
  return state === 'read' || state === 'absent';
}

function isUsable(provider: string, config: Config): boolean {
  return isKnownProvider(provider, config) && !isRetiredProvider(provider);
}

function refusedByCodex(why: string): Objection {
  return {
    why: `Codex does not take config.toml as it is (${why}), so that no provider counts that is set in it`,
    next: 'Put that right first; then look again with codex-health scan.',
  };
}
