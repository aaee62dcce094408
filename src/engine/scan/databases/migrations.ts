// What a database records of its migrations, held against what is known of them. Pure.

import type { Migrations, RecordedMigration } from '../../model/database.ts';
import type { Cell } from '../../world.ts';
import knownMigrations from './knownMigrations.json' with { type: 'json' };

/** One migration as `scripts/learn-migrations.mjs` has seen it. */
interface KnownMigration {
  readonly version: number;
  readonly description: string;
  readonly lf: string;
  readonly crlf: string | null;
  /** `table threads` → the first digits of the hash of its text; null where it is removed. */
  readonly objects?: Readonly<Record<string, string | null>>;
}

const KNOWN: Readonly<Record<string, readonly KnownMigration[]>> = knownMigrations;

export interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly sql: string | null;
}

export const SCHEMA_QUESTION = 'SELECT type, name, sql FROM sqlite_master';
export const MIGRATIONS_QUESTION =
  'SELECT version, description, success, lower(hex(checksum)) FROM _sqlx_migrations ORDER BY version';

export function readSchema(rows: readonly (readonly Cell[])[]): readonly SchemaObject[] {
  return rows.map(([type, name, sql]) => ({
    type: String(type),
    name: String(name),
    sql: typeof sql === 'string' ? sql : null,
  }));
}

/** `recorded` is null when the table of migrations is not there. */
export function judgeMigrations(
  databaseName: string,
  recorded: readonly (readonly Cell[])[] | null,
  schema: readonly SchemaObject[],
  hash: (text: string) => string,
): Migrations {
  const known = KNOWN[databaseName] ?? [];
  const rows = recorded?.map(cells => asRecorded(cells, known)) ?? null;
  const found = hashObjects(schema, hash);
  const newestRecorded = (rows ?? []).reduce((newest, one) => Math.max(newest, one.version), 0);
  const newestKnown = known.at(-1)?.version ?? null;
  const lacks = comparedWith(found, known, newestRecorded);
  return {
    recorded: rows,
    known: known.map(({ version, description, lf, crlf }) => ({ version, description, lf, crlf })),
    schemaVersions: versionsOf(found, known),
    fingerprint: fingerprintOf(schema, hash),
    missingObjects: lacks.missing,
    changedObjects: lacks.changed.filter(name => !hasMoreColumns(name, schema, lacks.forms, hash)),
    newestKnown,
  };
}

function asRecorded(cells: readonly Cell[], known: readonly KnownMigration[]): RecordedMigration {
  const [version = 0, description = '', success = 0, checksum = ''] = cells;
  const number = Number(version);
  return {
    version: number,
    description: String(description),
    success: success === 1,
    checksum: String(checksum),
    family: familyOf(
      String(checksum),
      known.find(one => one.version === number),
    ),
  };
}

/** Codex for Windows records the checksums of the same texts with other line ends. */
function familyOf(
  checksum: string,
  known: KnownMigration | undefined,
): RecordedMigration['family'] {
  if (known === undefined) return 'unknown';
  if (checksum === known.lf) return 'lf';
  return checksum === known.crlf ? 'crlf' : 'foreign';
}

/**
 * The versions whose schema this is. Two share one where a migration changes only rows. When it is
 * exactly that of no version, tables that a repeated migration brought back are overlooked.
 */
function versionsOf(
  found: ReadonlyMap<string, string>,
  known: readonly KnownMigration[],
): readonly number[] {
  const leftovers = leftoversOf(known);
  const exact: number[] = [];
  const tolerated: number[] = [];
  for (const [version, expected] of schemasOf(known)) {
    if ([...expected].some(([name, value]) => found.get(name) !== value)) continue;
    const strangers = [...found].filter(([name]) => !expected.has(name));
    if (strangers.length === 0) exact.push(version);
    if (strangers.every(([name, value]) => leftovers.get(name)?.has(value)))
      tolerated.push(version);
  }
  return exact.length > 0 ? exact : tolerated;
}

/**
 * Objects that some migration makes and a later one removes, in each form that they had: harmless
 * when they are back. A migration that is run again brings back the form that it once made.
 */
function leftoversOf(known: readonly KnownMigration[]): ReadonlyMap<string, ReadonlySet<string>> {
  const newest = [...schemasOf(known)].at(-1)?.[1] ?? new Map<string, string>();
  const leftovers = new Map<string, Set<string>>();
  for (const { objects = {} } of known)
    for (const [name, value] of Object.entries(objects))
      if (value !== null && !newest.has(name))
        leftovers.set(name, (leftovers.get(name) ?? new Set()).add(value));
  return leftovers;
}

interface Lacks {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** What each object should be. */
  readonly forms: ReadonlyMap<string, string>;
}

/** What the schema of a version has that is not there, or not in its form; nothing if none knows it. */
function comparedWith(
  found: ReadonlyMap<string, string>,
  known: readonly KnownMigration[],
  version: number,
): Lacks {
  const forms = new Map(schemasOf(known)).get(version) ?? new Map<string, string>();
  const names = [...forms.keys()];
  return {
    missing: names.filter(name => !found.has(name)),
    changed: names.filter(name => found.has(name) && found.get(name) !== forms.get(name)),
    forms,
  };
}

/** Of a table with more strange columns than this it can be said that it is another one. */
const MOST_ADDED = 40;

/**
 * Whether a table is as it should be, save for columns that somebody has added: Codex does not mind
 * these. SQLite writes an added column behind the others, and leaves the rest of the text alone.
 */
function hasMoreColumns(
  name: string,
  schema: readonly SchemaObject[],
  forms: ReadonlyMap<string, string>,
  hash: (text: string) => string,
): boolean {
  const table = schema.find(one => one.type === 'table' && `table ${one.name}` === name);
  if (table === undefined) return false;
  const text = plain(table.sql);
  const end = text.slice(text.lastIndexOf(')'));
  let rest = text.slice(0, text.length - end.length);
  for (let added = 1; added <= MOST_ADDED && rest.includes(','); added += 1) {
    rest = rest.slice(0, rest.lastIndexOf(','));
    if (shortHash(rest + end, hash) === forms.get(name)) return true;
  }
  return false;
}

type Schemas = readonly (readonly [version: number, objects: ReadonlyMap<string, string>])[];

/** What is known never changes, and is asked three times of each database. */
const built = new WeakMap<readonly KnownMigration[], Schemas>();

/** The schema after each migration. */
function schemasOf(known: readonly KnownMigration[]): Schemas {
  const schemas = built.get(known) ?? buildSchemas(known);
  built.set(known, schemas);
  return schemas;
}

/** Built up from what each migration changes. */
function buildSchemas(known: readonly KnownMigration[]): Schemas {
  let schema = new Map<string, string>();
  const schemas: [number, ReadonlyMap<string, string>][] = [];
  for (const { version, objects } of known) {
    if (objects === undefined) return schemas;
    schema = new Map(schema);
    for (const [name, value] of Object.entries(objects)) {
      if (value === null) schema.delete(name);
      else schema.set(name, value);
    }
    schemas.push([version, schema]);
  }
  return schemas;
}

/** SQLite's own objects and the table of migrations do not belong to the schema. */
function isOfSchema({ name, sql }: SchemaObject): boolean {
  return sql !== null && !name.startsWith('sqlite_') && name !== '_sqlx_migrations';
}

function hashObjects(
  schema: readonly SchemaObject[],
  hash: (text: string) => string,
): ReadonlyMap<string, string> {
  return new Map(
    schema
      .filter(isOfSchema)
      .map(({ type, name, sql }) => [`${type} ${name}`, shortHash(plain(sql), hash)] as const),
  );
}

function shortHash(text: string, hash: (text: string) => string): string {
  return hash(text).slice(0, 8);
}

function fingerprintOf(schema: readonly SchemaObject[], hash: (text: string) => string): string {
  const lines = schema
    .filter(isOfSchema)
    .map(({ type, name, sql }) => `${type}|${name}|${plain(sql)}`);
  return hash(lines.sort().join('\n')).slice(0, 12);
}

function plain(sql: string | null): string {
  return (sql ?? '').replace(/\s+/g, ' ').trim();
}
