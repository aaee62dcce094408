// A move to another provider, as a person reads it before and afterwards.

import type { MovePlan, Moved } from '../../engine/engine.ts';
import type { Refused } from '../../engine/model/plan.ts';
import { bytesInWords, count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Context } from '../command.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { planJson } from './plan.ts';
import { CANNOT } from './providers.ts';

/** So many threads are named one by one. */
const NAMED = 12;

/** `moved` is null when there was nothing to do. */
export function movedJson(plan: MovePlan, moved: Moved | null, { typed }: Context) {
  return {
    ...planJson(plan),
    moves: plan.moves,
    counts: {
      moved: moved?.moved.length ?? 0,
      alreadyThere: plan.alreadyThere.length,
      skipped: plan.refused.length,
      failed: moved?.failed.length ?? 0,
    },
    moved: moved?.moved ?? [],
    alreadyThere: plan.alreadyThere,
    skipped: plan.refused.map(({ finding, why, next }) => ({ thread: finding, why, next })),
    failed: (moved?.failed ?? []).map(({ what, why }) => ({ thread: what, why })),
    confirmed: moved?.confirmation ?? null,
    recovered: (moved?.recovered ?? []).map(one => one.receipt),
    receipt: moved?.receipt.id ?? null,
    undo: moved === null ? null : typed(`undo ${moved.receipt.id}`),
  };
}

export function renderMovePlan(plan: MovePlan, { page }: Context): string {
  const { paint, width } = page;
  const { moves, alreadyThere, refused, backupBytes } = plan;
  const hidden = hiddenAfterwards(plan);
  const routes = [...new Set(moves.map(({ from, to }) => `"${from}" to "${to}"`))].map(route => {
    const on = moves.filter(({ from, to }) => `"${from}" to "${to}"` === route);
    return { route, on };
  });
  const lines = [
    ...(moves.length === 0 ? [paint.bold('There is nothing to move.')] : []),
    ...routes.flatMap(({ route, on }) => [
      ...wrap(harmless(`${count(on.length, 'thread')} from ${route}.`), width).map(paint.bold),
      ...(on.length > NAMED ? [] : on.map(({ thread }) => `  ${harmless(thread)}`)),
    ]),
    ...(alreadyThere.length === 0
      ? []
      : [`${count(alreadyThere.length, 'thread')} already there.`]),
    ...renderSkipped(refused, width),
    ...(moves.length === 0
      ? []
      : [
          '',
          ...(hidden === null ? [] : wrap(harmless(hidden), width)),
          ...[
            'The first line of each file, its newest settings line and its entry in the database are changed; everything else stays byte for byte, and so do the times.',
            `What is changed is kept (${bytesInWords(backupBytes)}), and so is the provider of each thread, for codex-health undo and codex-health provider restore.`,
            CANNOT,
          ].flatMap(text => wrap(text, width).map(paint.dim)),
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Who moves threads wants to see them; null when they will be seen. */
function hiddenAfterwards({ moves, current }: MovePlan): string | null {
  const elsewhere = [...new Set(moves.map(({ to }) => to))].filter(to => to !== current);
  if (elsewhere.length === 0) return null;
  const names = elsewhere.map(name => `"${name}"`).join(', ');
  return `config.toml sets "${current}" now: Codex will list the threads of ${names} when that is set there, and opens them by id until then.`;
}

export function renderMoved(
  { plan, moved, failed, receipt, recovered, confirmation }: Moved,
  { page, typed }: Context,
): string {
  const { paint, width } = page;
  const counts = `Moved: ${count(moved.length, 'thread')}. Already there: ${String(plan.alreadyThere.length)}. Skipped: ${String(plan.refused.length)}. Failed: ${String(failed.length)}.`;
  const isWell = failed.length + confirmation.missing.length === 0;
  const lines = [
    '',
    ...recovered.map(
      one => `A repair that had been stopped in the middle (${one.receipt}) was taken back first.`,
    ),
    ...wrap(counts, width).map(text => paint.bold(isWell ? paint.green(text) : text)),
    ...failed.flatMap(({ what, why }) => wrapIndented(harmless(`${what}: ${why}.`), width, '  ')),
    ...wrap(harmless(confirmed(confirmation, moved.length)), width),
    paint.dim(`To take this move back: ${typed(`undo ${receipt.id}`)}`),
    paint.dim(`To give each thread its own provider back: ${typed('provider restore')}`),
  ];
  return `${lines.join('\n')}\n`;
}

function confirmed({ codex, why, shown, missing }: Moved['confirmation'], moved: number): string {
  if (missing.length > 0)
    return `Codex was asked, and its lists lack ${count(missing.length, 'thread')} that should be in them: ${missing.slice(0, NAMED).join(', ')}.${why === null ? '' : ` ${why}.`} Run codex-health scan.`;
  if (codex === null) return `Codex itself was not asked: ${why ?? 'there was no need'}.`;
  return shown.length === moved
    ? `Codex itself lists ${moved === 1 ? 'it' : 'all of them'} (${codex}).`
    : `Codex itself lists ${String(shown.length)} of them (${codex}); the others belong to a provider that is not set, or to no list.`;
}

function renderSkipped(refused: readonly Refused[], width: number): string[] {
  if (refused.length === 0) return [];
  const reasons = new Map<string, Refused[]>();
  for (const one of refused) {
    const reason = `${one.why}\n${one.next}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), one]);
  }
  return [
    '',
    `Skipped, and left as ${refused.length === 1 ? 'it is' : 'they are'}:`,
    ...[...reasons.values()].flatMap(group => {
      const [first] = group;
      const named = group.slice(0, NAMED).map(({ finding }) => finding);
      const more = group.length > NAMED ? ` and ${count(group.length - NAMED, 'more thread')}` : '';
      return [
        ...wrapIndented(harmless(`${named.join(', ')}${more}: ${first?.why ?? ''}.`), width, '  '),
        ...wrapIndented(harmless(first?.next ?? ''), width, '    '),
      ];
    }),
  ];
}
