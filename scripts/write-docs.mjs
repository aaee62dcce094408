// Writes what is generated: docs/checks.md from the checks, and the list of the extension's texts for its
// translators. With --check it only says whether the files are up to date.

import fs from 'node:fs';
import path from 'node:path';
import { checks } from '../src/engine/checks/index.ts';
import { termsOf } from '../src/words/cures.ts';
import { extensionTexts } from '../test/support/extensionTexts.ts';

const generated = { 'docs/checks.md': page(), 'l10n/bundle.l10n.json': bundle() };
for (const [name, text] of Object.entries(generated)) {
  const file = path.join(import.meta.dirname, '..', name);
  if (!process.argv.includes('--check')) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  } else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    console.error(`${name} is not what the code says: run \`npm run docs\` and commit it.`);
    process.exitCode = 1;
  }
}

/** The English texts are the keys of every translation. */
function bundle() {
  const texts = extensionTexts().keys.map(key => [key, key]);
  return `${JSON.stringify(Object.fromEntries(texts), null, 2)}\n`;
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
