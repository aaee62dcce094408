// What the vault of a home says, read as anybody could: without the product.

import fs from 'node:fs';
import path from 'node:path';

/** How far the newest repair came: nothing was written down, or some of it, or that it was done. */
export type Progress = 'before' | 'in' | 'after';

interface Note {
  readonly note: string;
}

/** `mark`: the note that says that it came to its end. */
export function progressOf(vault: string, begin: string, end: string): Progress {
  const notes = notesOf(vault);
  if (notes.includes(end)) return 'after';
  return notes.includes(begin) ? 'in' : 'before';
}

function notesOf(vault: string): readonly string[] {
  const repairs = path.join(vault, 'vault');
  if (!fs.existsSync(repairs)) return [];
  const [newest] = fs.readdirSync(repairs).sort().reverse();
  const journal = path.join(repairs, newest ?? '', 'journal.jsonl');
  if (newest === undefined || !fs.existsSync(journal)) return [];
  const lines = fs.readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  return lines.flatMap(noteIn);
}

/** A line that a full disk has cut off says nothing; what follows begins a line of its own. */
function noteIn(line: string): readonly string[] {
  try {
    return line === '' ? [] : [(JSON.parse(line) as Note).note];
  } catch {
    return [];
  }
}

/** The kinds of steps of every repair that was ever begun. */
export function kindsOf(vault: string): ReadonlySet<string> {
  const repairs = path.join(vault, 'vault');
  const kinds = fs.readdirSync(repairs).flatMap(name => {
    const text = fs.readFileSync(path.join(repairs, name, 'plan.json'), 'utf8');
    const { plan } = JSON.parse(text) as {
      plan: { units: { steps: { kind: string; to?: object }[] }[] };
    };
    return plan.units.flatMap(({ steps }) =>
      steps.map(({ kind, to }) =>
        to !== undefined && 'vault' in to ? `${kind} into the vault` : kind,
      ),
    );
  });
  return new Set(kinds);
}
