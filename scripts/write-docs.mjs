// Writes docs/checks.md from the checks. With --check it only says whether the file is up to date.

import fs from 'node:fs';
import path from 'node:path';
import { checks } from '../src/engine/checks/index.ts';

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
    ({ id, title, severity, meaning }) =>
      `## ${id}\n\n**${title}** (${severity})\n\n${meaning.trim()}\n`,
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
