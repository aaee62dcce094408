// TOML as Codex takes it. The parser gives positions and a tree; the values are put together here,
// since its own way of doing that writes to every object of this process where a key is "__proto__",
// and what Codex refuses besides is refused here. Measured with 0.111, 0.142 and 0.169.

import { ParseError, parseTOML, type AST } from 'toml-eslint-parser';

/** A table has no prototype: a key such as "constructor" is there when the file has it. */
export interface Values {
  readonly [key: string]: unknown;
}

export type Toml =
  | {
      readonly state: 'read';
      readonly values: Values;
      readonly placeOf: (key: string) => ValuePlace | null;
    }
  | { readonly state: 'broken'; readonly error: TomlError }
  /** Our parser gave up on what may be valid, such as a text of a million characters. */
  | { readonly state: 'unread' };

/** Where the value of a key stands: its line, and the text between two characters. */
export interface ValuePlace {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface TomlError {
  readonly line: number;
  readonly column: number;
  readonly why: string;
}

/** Tables and arrays in one another, and parts of one key. */
const DEEPEST = 80;
const LEAST_INTEGER = -(2n ** 63n);
const MOST_INTEGER = 2n ** 63n - 1n;

export function readToml(text: string): Toml {
  // The parser would overflow the stack.
  const deep = findTooDeep(text);
  if (deep !== null)
    return { state: 'broken', error: errorAt(text, deep, 'It is nested too deeply') };
  try {
    const [root] = parseTOML(text).body;
    const refused = findRefused(root.body) ?? findLoneReturn(text);
    if (refused !== null) return { state: 'broken', error: refused };
    return {
      state: 'read',
      values: valuesOf(root),
      placeOf: key => placeOf(root, key),
    };
  } catch (error) {
    if (!(error instanceof ParseError)) return { state: 'unread' };
    const { lineNumber, column, message } = error;
    return { state: 'broken', error: { line: lineNumber, column: column + 1, why: message } };
  }
}

/** Where a bracket opens too deep inside others; brackets in strings and comments are none. */
function findTooDeep(text: string): number | null {
  const mark = /["'#[\]{}]/g;
  let depth = 0;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    const [character] = match;
    if (character === ']' || character === '}') depth -= 1;
    else if (character !== '[' && character !== '{') mark.lastIndex = endOfText(text, match.index);
    else if ((depth += 1) > DEEPEST) return match.index;
  }
  return null;
}

/** The end of the comment or string that begins here; that of the text where it is never closed. */
function endOfText(text: string, start: number): number {
  const quote = text.charAt(start);
  const isLong = quote !== '#' && text.startsWith(quote.repeat(3), start);
  const closing = isLong ? quote.repeat(3) : quote === '#' ? '\n' : quote;
  let end = start + (quote === '#' ? 0 : closing.length);
  for (;;) {
    end = text.indexOf(closing, end);
    if (end < 0) return text.length;
    if (quote !== '"' || !isEscaped(text, end)) break;
    end += 1;
  }
  end += closing.length;
  // Up to two quotes may stand before the three that close a string.
  for (let more = 0; isLong && more < 2 && text.charAt(end) === quote; more += 1) end += 1;
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charAt(before - 1) === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

/** What is valid TOML, and Codex does not take it. */
function findRefused(nodes: readonly Node[]): TomlError | null {
  for (const node of nodes) {
    const refused = whyRefused(node);
    if (refused !== null) {
      const { line, column } = node.loc.start;
      return { line, column: column + 1, why: refused };
    }
    const inside = findRefused(childrenOf(node));
    if (inside !== null) return inside;
  }
  return null;
}

type Node = AST.TOMLTable | AST.TOMLKeyValue | AST.TOMLContentNode;

function whyRefused(node: Node): string | null {
  switch (node.type) {
    case 'TOMLTable':
    case 'TOMLKeyValue':
      return node.key.keys.length > DEEPEST ? 'Its key has too many parts' : null;
    case 'TOMLValue':
      if (node.kind === 'integer')
        return node.bigint < LEAST_INTEGER || node.bigint > MOST_INTEGER
          ? 'Its number is too large'
          : null;
      return node.kind === 'float' && !Number.isFinite(node.value) && /\d/.test(node.number)
        ? 'Its number is too large'
        : null;
    default:
      return null;
  }
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'TOMLKeyValue':
      return [node.value];
    case 'TOMLArray':
      return node.elements;
    case 'TOMLTable':
    case 'TOMLInlineTable':
      return node.body;
    case 'TOMLValue':
      return [];
  }
}

/** The parser takes a carriage return at the very end for the end of the line. */
function findLoneReturn(text: string): TomlError | null {
  return text.endsWith('\r') ? errorAt(text, text.length - 1, 'A line feed must follow') : null;
}

function errorAt(text: string, at: number, why: string): TomlError {
  const lines = text.slice(0, at).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1, why };
}

/** Of a key that is in no table. */
function placeOf(root: AST.TOMLTopLevelTable, name: string): ValuePlace | null {
  for (const node of root.body) {
    if (node.type !== 'TOMLKeyValue' || namesOf(node.key).join('.') !== name) continue;
    const [start, end] = node.value.range;
    return { line: node.loc.start.line, start, end };
  }
  return null;
}

interface Table {
  [key: string]: unknown;
}

function newTable(): Table {
  return Object.create(null) as Table;
}

function valuesOf(root: AST.TOMLTopLevelTable): Values {
  const values = newTable();
  for (const node of root.body) {
    if (node.type === 'TOMLKeyValue') put(values, node);
    else putAll(openTable(values, node), node.body);
  }
  return values;
}

/** The table of a header; of an array of tables, a new one at its end. */
function openTable(values: Table, { key, kind }: AST.TOMLTable): Table {
  const names = namesOf(key);
  const last = names.pop() ?? '';
  const parent = names.reduce(tableIn, values);
  if (kind !== 'array') return tableIn(parent, last);
  const table = newTable();
  const known = parent[last];
  if (Array.isArray(known)) known.push(table);
  else parent[last] = [table];
  return table;
}

/** The table of this name; of an array of tables, its newest. The parser lets no other value pass. */
function tableIn(parent: Table, name: string): Table {
  const known = parent[name];
  return (Array.isArray(known) ? known.at(-1) : (known ?? (parent[name] = newTable()))) as Table;
}

function putAll(table: Table, nodes: readonly AST.TOMLKeyValue[]): Table {
  for (const node of nodes) put(table, node);
  return table;
}

function put(table: Table, { key, value }: AST.TOMLKeyValue): void {
  const names = namesOf(key);
  const last = names.pop() ?? '';
  names.reduce(tableIn, table)[last] = valueOf(value);
}

function valueOf(node: AST.TOMLContentNode): unknown {
  switch (node.type) {
    case 'TOMLValue':
      return node.value;
    case 'TOMLArray':
      return node.elements.map(valueOf);
    case 'TOMLInlineTable':
      return putAll(newTable(), node.body);
  }
}

function namesOf({ keys }: AST.TOMLKey): string[] {
  return keys.map(key => (key.type === 'TOMLBare' ? key.name : key.value));
}
