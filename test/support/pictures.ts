// What a home is like, in a form that can be compared: files by bytes and time, databases by their rows.
// Our own folder is left out, and so is the time of a database, which is another after every write.

import { sql, type MemoryFile } from './memoryWorld.ts';

export type Picture = Readonly<Record<string, string>>;

export function pictureOf(files: ReadonlyMap<string, MemoryFile>): Picture {
  const entries = [...files]
    .filter(([file]) => !file.includes('/session-health/'))
    .map(([file, { bytes, modifiedMs }]) => [
      file,
      file.endsWith('.sqlite')
        ? rowsOf(bytes)
        : `${String(modifiedMs)} ${Buffer.from(bytes).toString('latin1')}`,
    ]);
  return Object.fromEntries(entries.sort()) as Picture;
}

/** Whoever changes a file puts other bytes in its place: what these hold is looked up once. */
const known = new WeakMap<Uint8Array, string>();

function rowsOf(bytes: Uint8Array): string {
  const rows = known.get(bytes) ?? readRows(bytes);
  known.set(bytes, rows);
  return rows;
}

function readRows(bytes: Uint8Array): string {
  const database = new sql.Database(bytes);
  const ask = (question: string) => database.exec(question)[0]?.values ?? [];
  const tables = ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  const dump = tables.map(([name]) => {
    const columns = ask(`SELECT name FROM pragma_table_info('${String(name)}')`);
    const quoted = columns.map(([column]) => `quote("${String(column)}")`).join(" || ',' || ");
    const rows = ask(`SELECT ${quoted} AS row FROM "${String(name)}" ORDER BY row`);
    return `${String(name)}\n${rows.map(([row]) => String(row)).join('\n')}`;
  });
  database.close();
  return dump.join('\n');
}

/** Names of what differs between two pictures. */
export function differences(one: Picture, other: Picture): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter(name => one[name] !== other[name]).sort();
}
