// What the vault would lose, in words: nobody shall say yes to less than happens.

import type { Drop, OnlyHere, Pruning } from '../../engine/engine.ts';
import { bytesInWords, count, inWords, timeInWords } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Context } from '../command.ts';
import type { Page } from '../page.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

/** So many things are named for each receipt; a program gets all of them. */
const MOST_NAMED = 10;

export function renderPruning({ drops, kept }: Pruning, { page }: Context): string {
  const { paint, width } = page;
  const lines = [
    ...(drops.length === 0
      ? ['There is nothing to drop.']
      : [paint.bold(`To be dropped from the vault, for good: ${count(drops.length, 'receipt')}`)]),
    ...drops.flatMap(drop => dropLines(drop, page)),
    ...kept.flatMap(({ receipt, why }) => wrap(`${receipt} stays: ${why}.`, width)),
    ...(drops.length === 0 ? [] : wrap(closing(drops), width)),
  ];
  return `${lines.join('\n')}\n`;
}

function closing(drops: readonly Drop[]): string {
  const undoable = drops.filter(drop => drop.undoable).length;
  const which =
    undoable < drops.length
      ? `${inWords(undoable)} of them`
      : undoable === 1
        ? 'It'
        : 'All of them';
  const lost =
    undoable === 0
      ? 'None of it can be undone any more.'
      : `${which} can still be undone now, and no longer then.`;
  return `${lost} It frees ${bytesInWords(bytesOf(drops))}. In the Codex home nothing else changes.`;
}

function dropLines({ receipt, at, bytes, undoable, onlyHere }: Drop, page: Page): string[] {
  const { paint, width } = page;
  const state = undoable ? 'could still be undone' : 'undone already';
  const named = onlyHere.slice(0, MOST_NAMED).map(one => sayOnlyHere(one, page));
  const more = onlyHere.length - named.length;
  return [
    `${paint.bold(receipt)}  ${timeInWords(Date.parse(at))}  ${state}, ${bytesInWords(bytes)}`,
    ...(named.length === 0 ? [] : wrapIndented('Only here, and gone with it:', width, '  ')),
    ...named.flatMap(text => wrapIndented(harmless(text), width, '    ')),
    ...(more > 0 ? [`    and ${count(more, 'more thing')}; --json names them all`] : []),
  ];
}

function sayOnlyHere(one: OnlyHere, page: Page): string {
  switch (one.kind) {
    case 'file':
      return one.file.endsWith('.sqlite')
        ? `the database ${page.path(one.file)}`
        : `the file ${page.path(one.file)}`;
    case 'row':
      return `the entry ${one.key} of ${one.table}`;
    case 'bytes':
      return `${bytesInWords(one.bytes)} that were taken out of ${page.path(one.file)}`;
  }
}

export function renderPruned({ drops }: Pruning, { page }: Context): string {
  return `${page.paint.bold(`Dropped: ${count(drops.length, 'receipt')}. ${bytesInWords(bytesOf(drops))} are free again.`)}\n`;
}

export function pruningJson({ drops, kept }: Pruning, done: boolean) {
  return { schemaVersion: 1, done, drops, kept, freesBytes: bytesOf(drops) };
}

function bytesOf(drops: readonly Drop[]): number {
  return drops.reduce((sum, { bytes }) => sum + bytes, 0);
}
