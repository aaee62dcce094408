// Writes many records of one shape as text that is small and quickly read back: column by column,
// and a word that comes again and again is written once.

import type { Json } from '../model/words.ts';

type Plain = null | boolean | number | string;
export type FlatRecord = Readonly<Record<string, Plain>>;

interface Column {
  readonly words: readonly Plain[];
  /** Which word stands in each record; null where each record has its own. */
  readonly at: readonly number[] | null;
}

/** All records have the same names. */
export function packRecords(records: readonly FlatRecord[]): Json {
  const names = Object.keys(records[0] ?? {});
  const columns = names.map(name => [name, packColumn(records.map(one => one[name] ?? null))]);
  return { length: records.length, columns: Object.fromEntries(columns) as Json };
}

function packColumn(values: readonly Plain[]): Json {
  const places = new Map<Plain, number>();
  for (const value of values) if (!places.has(value)) places.set(value, places.size);
  if (places.size > values.length / 2) return { words: values, at: null };
  return { words: [...places.keys()], at: values.map(value => places.get(value) ?? 0) };
}

/** Null when this is not what `packRecords` made. */
export function unpackRecords(packed: unknown): readonly FlatRecord[] | null {
  const { length, columns } = { length: null, columns: null, ...(packed as object) };
  if (typeof length !== 'number' || typeof columns !== 'object') return null;
  const entries = Object.entries((columns ?? {}) as Readonly<Record<string, Column>>);
  if (entries.some(([, { words, at }]) => (at ?? words).length !== length)) return null;
  const records: FlatRecord[] = [];
  for (let index = 0; index < length; index += 1) {
    const record: Record<string, Plain> = {};
    for (const [name, { words, at }] of entries)
      record[name] = words[at === null ? index : (at[index] ?? 0)] ?? null;
    records.push(record);
  }
  return records;
}
