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
 * named in `without` is written down as null, on every level.
 */
export function packRecords(records: readonly object[], without: readonly string[] = []): Packed {
  const names = Object.keys(records[0] ?? {});
  return packColumns(
    records.length,
    names,
    name => (records as readonly JsonRecord[]).map(record => record[name] ?? null),
    without,
  );
}

export interface Packing {
  add(record: object): void;
  pack(): Packed;
}

/** For whoever makes records one by one, and need not hold them all at once. */
export function startPacking(): Packing {
  let length = 0;
  let names: readonly string[] = [];
  let lists: readonly Json[][] = [];
  return {
    add: given => {
      const record = given as JsonRecord;
      if (length === 0) {
        names = Object.keys(record);
        lists = names.map(() => []);
      }
      for (let index = 0; index < names.length; index += 1)
        lists[index]?.push(record[names[index] ?? ''] ?? null);
      length += 1;
    },
    pack: () => packColumns(length, names, (_, at) => lists[at] ?? [], []),
  };
}

function packColumns(
  length: number,
  names: readonly string[],
  valuesOf: (name: string, at: number) => readonly Json[],
  without: readonly string[],
): Packed {
  const columns: Record<string, Column> = {};
  for (const [at, name] of names.entries()) {
    const column = without.includes(name) ? { all: null } : packColumn(valuesOf(name, at), without);
    const twin = 'own' in column ? findTwin(column.own, columns) : undefined;
    columns[name] = twin === undefined ? column : { same: twin };
  }
  return { length, columns };
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

/**
 * So many values are looked at before a column is taken for one in which each has its own: more than
 * somebody has projects, whose directories come in many columns and are read back as one text each.
 */
const SAMPLE = 1024;

function packColumn(values: readonly Json[], without: readonly string[]): Column {
  const first = values[0] ?? null;
  if (!isRecord(first) && values.every(value => value === first)) return { all: first };
  if (isRecord(values.find(value => value !== null) ?? null)) {
    return {
      has: values.map(value => (value === null ? 0 : 1)),
      inner: packRecords(values.filter(isRecord), without),
    };
  }
  // Tens of thousands of texts that are all different are not counted one by one.
  if (hasManyWords(values.slice(0, SAMPLE))) return { own: values };
  const places = new Map<Json, number>();
  const at = values.map(value => {
    const place = places.get(value) ?? places.size;
    if (place === places.size) places.set(value, place);
    return place;
  });
  if (places.size > values.length / 2) return { own: values };
  return { words: [...places.keys()], at };
}

function hasManyWords(values: readonly Json[]): boolean {
  return new Set(values).size > values.length / 2;
}

/** The records as they were. Throws when this is not what `packRecords` made. */
export function unpackRecords<T>({ length, columns }: Packed): T[] {
  const readers = Object.entries(columns).map(([name, column]) => ({
    name,
    ...readerOf(twinOf(column, columns), length),
  }));
  const own = readers.filter(({ values }) => values !== null);
  // All begin as copies of one. An object that is put together field by field becomes a table to
  // the engine of the language, which takes several times the memory and is slow to ask.
  const first = Object.fromEntries(readers.map(({ name, all }) => [name, all]));
  return Array.from({ length }, (_, index) => {
    const record = { ...first };
    for (const { name, values } of own) record[name] = values?.[index] ?? null;
    return record as T;
  });
}

function twinOf(column: Column, columns: Packed['columns']): Column | undefined {
  return 'same' in column ? columns[column.same] : column;
}

/** What all records have in a column, or what each of them has. */
function readerOf(
  column: Column | undefined,
  length: number,
): { readonly all: unknown; readonly values: readonly unknown[] | null } {
  if (column === undefined || 'same' in column) throw new Error('a column is missing');
  if ('all' in column) return { all: column.all, values: null };
  const values = valuesOf(column);
  if (values.length !== length) throw new Error('a column is too short');
  return { all: null, values };
}

function valuesOf(column: Exclude<Column, { all: Json } | { same: string }>): readonly unknown[] {
  if ('own' in column) return column.own;
  if ('words' in column) return column.at.map(at => column.words[at]);
  const inner = unpackRecords<unknown>(column.inner);
  let next = 0;
  return column.has.map(has => (has === 1 ? inner[next++] : null));
}

function isRecord(value: Json): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
