// Where a table keeps its columns, told from the text of its CREATE TABLE: SQLite writes it down
// nowhere else. What this cannot follow it refuses, because a guess would mix up columns.

export interface StoredColumns {
  readonly hasRowid: boolean;
  /** The name as `foldName` writes it → where the value is. Virtual columns are not stored. */
  readonly places: ReadonlyMap<string, Place>;
}

/** A place in the record, or the row's own number: of an INTEGER PRIMARY KEY the record has NULL. */
export type Place = number | 'rowid';

/** Far longer than any schema of Codex; a damaged one shall not cost memory. */
const MAX_TEXT = 100_000;

/** Space and comments, quoted names and texts, bare words; whatever else is one mark each. */
const TOKEN =
  /([ \t\n\f\r]+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|('[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`|\[[^\]]*\])|([\w$\u0080-\uffff]+)|[^]/g;

const TABLE_CONSTRAINTS = ['constraint', 'primary', 'unique', 'check', 'foreign'];
/** The words that end the type of a column. */
const COLUMN_CONSTRAINTS = [
  ...['constraint', 'primary', 'not', 'null', 'unique', 'check', 'default', 'collate'],
  ...['references', 'as', 'deferrable'],
];

interface Token {
  /** Only a bare word can be a keyword. */
  readonly kind: 'word' | 'quoted' | 'mark';
  readonly text: string;
}

interface Column {
  readonly name: string;
  readonly isInteger: boolean;
  readonly isVirtual: boolean;
  readonly key: 'no' | 'ascending' | 'descending';
}

/** The columns of a table, or null when its text is not understood. */
export function storedColumns(sql: string): StoredColumns | null {
  const tokens = readTokens(sql);
  const list = tokens === null ? null : splitList(tokens, 3);
  if (tokens === null || list === null || !isWord(tokens[1], 'table')) return null;
  const isConstraint = (item: readonly Token[]) => isWord(item[0], ...TABLE_CONSTRAINTS);
  const columns = list.items.filter(item => !isConstraint(item)).map(readColumn);
  const keyOfTable = list.items.filter(isConstraint).flatMap(readKey);
  const ownKey = columns.filter(({ key }) => key !== 'no').map(({ name }) => name);
  const key = keyOfTable.length > 0 ? keyOfTable : ownKey;
  const hasRowid = !tokens.some(
    (token, at) => at >= list.end && isWord(token, 'without') && isWord(tokens[at + 1], 'rowid'),
  );
  const stored = columns.filter(({ isVirtual }) => !isVirtual).map(({ name }) => name);
  // Without a rowid the columns of the key come first, and once.
  const order = hasRowid ? stored : [...key, ...stored.filter(name => !key.includes(name))];
  const places = new Map<string, Place>(order.map((name, place) => [name, place]));
  if (order.length !== stored.length || places.size !== stored.length) return null;
  const alias = hasRowid && key.length === 1 ? columns.find(({ name }) => name === key[0]) : null;
  if (alias?.isInteger === true && alias.key !== 'descending') places.set(alias.name, 'rowid');
  return { hasRowid, places };
}

/** SQLite takes names as equal that differ in the case of the letters A to Z only. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, letters => letters.toLowerCase());
}

function readColumn(item: readonly Token[]): Column {
  const tokens = withoutParentheses(item);
  const primary = tokens.findIndex(token => isWord(token, 'primary'));
  const generated = tokens.findIndex(token => isWord(token, 'as'));
  // In this place a DESC makes an ordinary column of an INTEGER PRIMARY KEY.
  const direction = isWord(tokens[primary + 2], 'desc') ? 'descending' : 'ascending';
  return {
    name: nameOf(item),
    isInteger: isInteger(tokens),
    isVirtual: generated >= 0 && !isWord(tokens[generated + 2], 'stored'),
    key: primary < 0 ? 'no' : direction,
  };
}

/** The type has to be this one word, quoted or not; INT and INTEGER(8) are other types. */
function isInteger([, type, ...rest]: readonly Token[]): boolean {
  const isAlways = isWord(rest[0], 'generated') && isWord(rest[1], 'always');
  const next = isAlways ? rest[2] : rest[0];
  const isOneWord = next === undefined || isWord(next, ...COLUMN_CONSTRAINTS);
  return isOneWord && type?.kind !== 'mark' && foldName(type?.text ?? '') === 'integer';
}

/** The columns of a PRIMARY KEY of the whole table; none when the constraint is another one. */
function readKey(item: readonly Token[]): readonly string[] {
  const at = item.findIndex(token => isWord(token, 'primary'));
  const list = at < 0 ? null : splitList(item, at + 2);
  return list === null ? [] : list.items.map(nameOf);
}

function nameOf(item: readonly Token[]): string {
  return foldName(item.find(({ kind }) => kind !== 'mark')?.text ?? '');
}

/** Splits what is in the parentheses that open at a token; `end` is the token after them. */
function splitList(
  tokens: readonly Token[],
  start: number,
): { readonly items: readonly (readonly Token[])[]; readonly end: number } | null {
  if (!isMark(tokens[start], '(')) return null;
  const items: Token[][] = [];
  let item: Token[] = [];
  let depth = 1;
  for (const [at, token] of tokens.entries()) {
    if (at <= start) continue;
    if (isMark(token, '(')) depth += 1;
    if (isMark(token, ')')) depth -= 1;
    if (depth === 0 || (depth === 1 && isMark(token, ','))) {
      items.push(item);
      item = [];
    } else item.push(token);
    if (depth === 0) return { items, end: at + 1 };
  }
  return null;
}

/** Of each pair of parentheses only the first one is kept. */
function withoutParentheses(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  return tokens.filter(token => {
    if (isMark(token, ')')) depth -= 1;
    const isOutside = depth === 0 && !isMark(token, ')');
    if (isMark(token, '(')) depth += 1;
    return isOutside;
  });
}

function readTokens(sql: string): readonly Token[] | null {
  if (sql.length > MAX_TEXT) return null;
  const tokens: Token[] = [];
  for (const [text, space, quoted, word] of sql.matchAll(TOKEN)) {
    if (space !== undefined) continue;
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: unquote(quoted) });
    else if (word !== undefined) tokens.push({ kind: 'word', text });
    // A quote that stands alone opens a name that never ends.
    else if (/['"`[]/.test(text)) return null;
    else tokens.push({ kind: 'mark', text });
  }
  return tokens;
}

function unquote(quoted: string): string {
  const quote = quoted.slice(-1);
  return quoted.slice(1, -1).replaceAll(quote + quote, quote);
}

function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(foldName(token.text));
}

function isMark(token: Token | undefined, mark: string): boolean {
  return token?.kind === 'mark' && token.text === mark;
}
