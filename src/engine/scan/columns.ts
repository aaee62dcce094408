// Writes many records of one shape as text that is small and quickly read back: column by column,
// and a word that comes again and again is written once. Knows nothing of what the records mean,
// so that a field that is added to one is remembered without a word here.

import type { Json } from '../model/words.ts';

interface JsonRecord {
  readonly [name: string]: Json;
}

type Column =
  /** All records have this value. */
  | { readonly all: Json }
  /** Each record has its own value. */
  | { readonly own: readonly Json[] }
  /** The values are those of the column of this name. */
  | { readonly same: string }
  /** Records share some values. */
  | { readonly words: readonly Json[]; readonly at: readonly number[] }
  /** Values are records themselves; null where a record has none. */
  | { readonly has: readonly number[]; readonly inner: Packed };

export interface Packed {
  readonly length: number;
  readonly columns: { readonly [name: string]: Column };
}

/**
 * All records have the same names, and under one name records, or plain values, or null. What is
 * named in `without` is left out, on every level.
 */
export function packRecords(records: readonly object[], without: readonly string[] = []): Packed {
  const all = records as readonly JsonRecord[];
  const columns: Record<string, Column> = {};
  for (const name of Object.keys(all[0] ?? {})) {
    if (without.includes(name)) continue;
    const column = packColumn(
      all.map(record => record[name] ?? null),
      without,
    );
    const twin = 'own' in column ? findTwin(column.own, columns) : undefined;
    columns[name] = twin === undefined ? column : { same: twin };
  }
  return { length: all.length, columns };
}

function findTwin(values: readonly Json[], columns: Packed['columns']): string | undefined {
  return Object.keys(columns).find(name => {
    const column = columns[name];
    return column !== undefined && 'own' in column && isSame(column.own, values);
  });
}

function isSame(one: readonly Json[], other: readonly Json[]): boolean {
  return one.every((value, at) => value === other[at]);
}

/** So many values are looked at before a column is taken for one in which each has its own. */
const SAMPLE = 64;

function packColumn(values: readonly Json[], without: readonly string[]): Column {
  const [first = null] = values;
  if (!isRecord(first) && values.every(value => value === first)) return { all: first };
  if (values.some(isRecord)) {
    const inner = values.filter(isRecord);
    return {
      has: values.map(value => (isRecord(value) ? 1 : 0)),
      inner: packRecords(inner, without),
    };
  }
  // Tens of thousands of texts that are all different are not counted one by one.
  if (hasManyWords(values.slice(0, SAMPLE))) return { own: values };
  const places = new Map<Json, number>();
  for (const value of values) if (!places.has(value)) places.set(value, places.size);
  if (places.size > values.length / 2) return { own: values };
  return { words: [...places.keys()], at: values.map(value => places.get(value) ?? 0) };
}

function hasManyWords(values: readonly Json[]): boolean {
  return new Set(values).size > values.length / 2;
}

/** The records as they were. Throws when this is not what `packRecords` made. */
export function unpackRecords<T>(packed: Packed): T[] {
  const { length, columns } = packed;
  const names = Object.keys(columns);
  const readers = names.map(name => readerOf(twinOf(columns[name], columns), length));
  const records: T[] = [];
  for (let index = 0; index < length; index += 1) {
    const record: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at += 1) record[names[at] ?? ''] = readers[at]?.(index);
    records.push(record as T);
  }
  return records;
}

function twinOf(column: Column | undefined, columns: Packed['columns']): Column | undefined {
  return column !== undefined && 'same' in column ? columns[column.same] : column;
}

function readerOf(column: Column | undefined, length: number): (index: number) => unknown {
  if (column === undefined || 'same' in column) throw new Error('a column is missing');
  if ('inner' in column) {
    const inner = unpackRecords<unknown>(column.inner);
    let next = 0;
    return index => (column.has[index] === 1 ? inner[next++] : null);
  }
  if ('all' in column) return () => column.all;
  const values = 'own' in column ? column.own : column.at;
  if (values.length !== length) throw new Error('a column is too short');
  if ('own' in column) return index => column.own[index];
  return index => column.words[column.at[index] ?? 0];
}

function isRecord(value: Json): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
