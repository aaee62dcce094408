// Everything of a home that somebody could miss: files with their bytes, rights and times, links, and
// every row of every database. Our own folder is left out, and so are the logs of databases, whose
// rows count and not the way in which they are written down.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { FORGOTTEN_NOTES } from './brokenHome.ts';

export type Picture = Readonly<Record<string, string>>;

export function pictureOf(home: string): Picture {
  const picture: Record<string, string> = {};
  const walk = (folder: string) => {
    for (const name of fs.readdirSync(path.join(home, folder)).sort()) {
      const at = path.join(folder, name);
      if (at === 'session-health' || /\.sqlite-(?:wal|shm)$/.test(at)) continue;
      const file = path.join(home, at);
      const link = fs.lstatSync(file).isSymbolicLink() ? `link to ${fs.readlinkSync(file)} ` : '';
      if (fs.statSync(file).isDirectory()) {
        if (link !== '') picture[at] = link;
        walk(at);
      } else if (at.endsWith('.sqlite')) Object.assign(picture, rowsOf(file));
      else picture[at] = link + pictureOfFile(file);
    }
  };
  walk('');
  return picture;
}

/** To the microsecond, by which Codex sorts its lists. */
export function pictureOfFile(file: string): string {
  const { mode, mtimeNs, size } = fs.statSync(file, { bigint: true });
  const hash = crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  return `${mode.toString(8)} ${String(mtimeNs / 1000n)} ${String(size)} ${hash}`;
}

function rowsOf(file: string): Picture {
  const name = path.basename(file);
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    const ask = (question: string) => {
      const statement = database.prepare(question);
      statement.setReturnArrays(true);
      return statement.all() as unknown as readonly (readonly unknown[])[];
    };
    const schema = ask('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2');
    const picture: Record<string, string> = {
      [`${name} schema`]: JSON.stringify(schema),
      [`${name} integrity`]: JSON.stringify(ask('PRAGMA integrity_check')),
    };
    for (const [, table] of schema.filter(([type]) => type === 'table')) {
      const columns = ask(`SELECT name FROM pragma_table_info('${String(table)}')`).flat();
      const row = columns.map(column => quoted(String(table), String(column))).join(` || ' ' || `);
      for (const [index, [text]] of ask(
        `SELECT ${row} FROM "${String(table)}" ORDER BY 1`,
      ).entries())
        picture[`${name} ${String(table)} ${String(index)}`] = String(text);
    }
    return picture;
  } finally {
    database.close();
  }
}

/** When a note was written back is another moment in every run. */
function quoted(table: string, column: string): string {
  const isMoment = table === '_sqlx_migrations' && column === 'installed_on';
  return isMoment
    ? `CASE WHEN version IN (${FORGOTTEN_NOTES.join(', ')}) THEN 'some time' ELSE quote(${column}) END`
    : `quote("${column}")`;
}

/** Names the first differences: of a home that is as broken as before there would be hundreds. */
export function expectPicture(home: string, wanted: Picture): void {
  expect(differences(wanted, pictureOf(home)).slice(0, 8)).toEqual([]);
}

export function differences(one: Picture, other: Picture): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names]
    .filter(name => one[name] !== other[name])
    .sort()
    .map(name => `${name}: ${one[name] ?? 'nothing'} → ${other[name] ?? 'nothing'}`);
}
