// Values as SQLite writes them in a statement.

import type { Literal } from './plan.ts';

export function literal(value: string | number | null): Literal {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (value.includes('\0')) return `CAST(X'${hexOf(value)}' AS TEXT)`;
  return `'${value.replaceAll("'", "''")}'`;
}

/** The text that a literal stands for; null when it stands for something else. */
export function textOfLiteral(value: Literal | undefined): string | null {
  if (value === undefined) return null;
  if (value.startsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  const hex = /^CAST\(X'([0-9A-Fa-f]*)' AS TEXT\)$/.exec(value)?.[1];
  return hex === undefined ? null : new TextDecoder().decode(bytesOf(hex));
}

export function isWholeNumber(value: Literal | undefined): boolean {
  return value !== undefined && /^-?\d+$/.test(value);
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('');
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16));
}
