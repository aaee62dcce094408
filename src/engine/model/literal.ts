// Values as SQLite writes them in a statement.

import type { Literal } from './plan.ts';

export function literal(value: string | number | null): Literal {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (value.includes('\0')) return `CAST(X'${hexOf(value)}' AS TEXT)`;
  return `'${value.replaceAll("'", "''")}'`;
}

function hexOf(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('');
}
