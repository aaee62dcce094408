// Which receipts shall go, as it is typed.

import type { PruneWish } from '../engine/engine.ts';
import { UsageError, type Given } from './commandLine.ts';

const DAY = 24 * 60 * 60 * 1000;
const AGES: Readonly<Record<string, number>> = { d: DAY, w: 7 * DAY, y: 365 * DAY };
/** As sizes are shown, in powers of 1024. */
const SIZES = ['', 'k', 'm', 'g', 't'];

/** Null when nothing shall go. */
export function pruneWishOf(given: Given, now: number): PruneWish | null {
  const [age, size] = [given.text('older-than'), given.text('keep')];
  if (!given.has('prune')) {
    const stray = (['older-than', 'keep', 'yes'] as const).find(name => given.has(name));
    if (stray !== undefined) throw new UsageError(`--${stray} goes with --prune.`, 'history');
    return null;
  }
  if (age === null && size === null)
    throw new UsageError('What shall go? Say --older-than AGE or --keep SIZE.', 'history');
  return {
    before: age === null ? null : now - millisecondsOf(age),
    keepBytes: size === null ? null : bytesOf(size),
  };
}

function millisecondsOf(typed: string): number {
  const [, digits, unit = ''] = /^(\d+)\s*([dwy])$/i.exec(typed) ?? [];
  const one = AGES[unit.toLowerCase()];
  if (digits === undefined || one === undefined)
    throw new UsageError(`"${typed}" is no age. Say it like 90d, 12w or 2y.`, 'history');
  return Number(digits) * one;
}

function bytesOf(typed: string): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])i?)?b?$/i.exec(typed) ?? [];
  if (digits === undefined)
    throw new UsageError(`"${typed}" is no size. Say it like 500MB or 1GB.`, 'history');
  return Math.floor(Number(digits) * 1024 ** SIZES.indexOf(unit.toLowerCase()));
}
