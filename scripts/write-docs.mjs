// Writes docs/checks.md from the checks. With --check it only says whether the file is up to date.

import fs from 'node:fs';
import path from 'node:path';
import { checks } from '../src/engine/checks/index.ts';
import { termsOf } from '../src/words/cures.ts';

const file = path.join(import.meta.dirname, '../docs/checks.md');
const text = page();
if (!process.argv.includes('--check')) {
  fs.writeFileSync(file, text);
} else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
  console.error('docs/checks.md is not what the checks say: run `npm run docs` and commit it.');
  process.exitCode = 1;
}

function page() {
  const rows = checks.map(
    ({ id, title, severity }) => `| [${id}](#${id}) | ${severity} | ${title} |`,
  );
  const sections = checks.map(
    ({ id, title, severity, meaning, cures = [] }) =>
      `## ${id}\n\n**${title}** (${severity})\n\n${meaning.trim()}\n\n${repairs(cures)}\n`,
  );
  return [
    '# Checks',
    '',
    '<!-- Written by `npm run docs` from src/engine/checks. -->',
    '',
    'What each check looks for, what it means, and what can be done.',
    '',
    '| Check | Severity | Says |',
    '| --- | --- | --- |',
    ...rows,
    '',
    ...sections,
  ].join('\n');
}

function repairs(cures) {
  if (cures.length === 0) return '*There is no repair of it by this program.*';
  const items = cures.map(cure =>
    [`- **${cure.title}** (\`${cure.id}\`).`, termsOf(cure), cure.limits]
      .filter(part => part !== undefined)
      .join(' '),
  );
  return ['Repairs, best first:', '', ...items].join('\n');
}
