// What compressing old conversations will do, and what it has done.

import type { Compressed, CompressionPlan, DiskUse } from '../../engine/engine.ts';
import { bytesInWords, count } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Context } from '../command.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';
import { inWordsOf } from './disk.ts';
import { planJson } from './plan.ts';

/** So many files are named one by one. */
const NAMED = 12;

/** `done` is null when there was nothing to do. */
export function compressedJson(plan: CompressionPlan, done: Compressed | null, { typed }: Context) {
  return {
    ...planJson(plan),
    files: plan.files.map(({ finding, bytes }) => ({ path: finding, bytes })),
    bytes: plan.bytes,
    left: plan.left,
    olderCodexes: plan.blind,
    compressed: done?.files ?? 0,
    bytesBefore: done?.bytesBefore ?? 0,
    bytesAfter: done?.bytesAfter ?? 0,
    failed: (done?.failed ?? []).map(({ what, why }) => ({ path: what, why })),
    unplanned: done?.receipt.unplanned ?? [],
    confirmed: done?.confirmation ?? null,
    recovered: (done?.recovered ?? []).map(one => one.receipt),
    receipt: done?.receipt.id ?? null,
    undo: done === null ? null : typed(`undo ${done.receipt.id}`),
  };
}

export function renderCompressionPlan(
  plan: CompressionPlan,
  { compression }: DiskUse,
  { page }: Context,
): string {
  const { paint, width } = page;
  const { files, bytes, blind } = plan;
  if (files.length === 0)
    return `${[paint.bold('There is nothing to compress.'), ...leftLines(plan, width)].join('\n')}\n`;
  const lines = [
    ...wrap(
      `Codex compresses ${count(files.length, 'conversation file')} (${bytesInWords(bytes)}) that nobody has written in for a week.`,
      width,
    ).map(paint.bold),
    ...files.slice(0, NAMED).flatMap(({ finding }) => wrapIndented(harmless(finding), width, '  ')),
    ...(files.length > NAMED
      ? [`  and ${count(files.length - NAMED, 'more file')}; --json names all of them`]
      : []),
    ...wrap(inWordsOf(compression.estimate, bytes), width),
    ...leftLines(plan, width),
    ...blindLines(blind, width).map(paint.yellow),
    '',
    ...[
      'Every Codex that uses this home has to be closed for it. Codex itself is started for it, and ended again.',
      'No line is lost: each plain file is held until what Codex made of it is proven to hold the same. codex-health undo unpacks all of them again, byte for byte and with their times, and needs the room for that.',
    ].flatMap(text => wrap(text, width).map(paint.dim)),
  ];
  return `${lines.join('\n')}\n`;
}

function leftLines({ left }: CompressionPlan, width: number): readonly string[] {
  const parts = [
    ...(left.young === 0 ? [] : [`${count(left.young, 'file')} written in within a week`]),
    ...(left.unknown === 0
      ? []
      : [`${count(left.unknown, 'file')} in which Codex finds no thread`]),
    ...(left.twins === 0
      ? []
      : [`${count(left.twins, 'file')} with a compressed twin (rollout-twin)`]),
  ];
  return parts.length === 0 ? [] : wrap(`Left as they are: ${parts.join(', ')}.`, width);
}

function blindLines(blind: readonly string[], width: number): readonly string[] {
  if (blind.length === 0) return [];
  return wrap(
    `On this machine there is also Codex ${blind.join(', ')}, which cannot read compressed conversations: when it lists threads it leaves these out and deletes their entries in the database. The conversations stay, and a newer Codex enters them again, without names that only the database knows and without pins. Update it, or do not use it with this home.`,
    width,
  );
}

export function renderCompressed(
  { files, bytesBefore, bytesAfter, failed, receipt, recovered, confirmation }: Compressed,
  { page, typed }: Context,
): string {
  const { paint, width } = page;
  const isWell = failed.length + confirmation.missing.length === 0;
  const came = `Compressed: ${count(files, 'file')}, from ${bytesInWords(bytesBefore)} to ${bytesInWords(bytesAfter)}; ${bytesInWords(Math.max(0, bytesBefore - bytesAfter))} less. Failed: ${String(failed.length)}.`;
  const lines = [
    '',
    ...recovered.map(
      one => `A repair that had been stopped in the middle (${one.receipt}) was taken back first.`,
    ),
    ...wrap(came, width).map(text => paint.bold(isWell ? paint.green(text) : text)),
    ...failed.flatMap(({ what, why }) => wrapIndented(harmless(`${what}: ${why}.`), width, '  ')),
    ...receipt.unplanned.flatMap(text =>
      wrapIndented(harmless(`Codex did besides: ${text}.`), width, '  '),
    ),
    ...wrap(harmless(confirmed(confirmation)), width),
    paint.dim(`To take it back: ${typed(`undo ${receipt.id}`)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function confirmed({ codex, why, shown, missing }: Compressed['confirmation']): string {
  if (missing.length > 0)
    return `Codex was asked, and its lists lack ${count(missing.length, 'thread')} that should be in them: ${missing.slice(0, NAMED).join(', ')}.${why === null ? '' : ` ${why}.`} Run codex-health scan.`;
  if (codex === null) return `Codex itself was not asked: ${why ?? 'there was no need'}.`;
  return `${codex} was asked, and lists ${count(shown.length, 'thread')} of these.`;
}
