// npm run new-check -- ID: makes the file of a check, its test, and its line in the registry.

import fs from 'node:fs';
import path from 'node:path';
import { root } from './dependencies.mjs';

const [id] = process.argv.slice(2);
if (id === undefined || !/^[a-z]+(-[a-z0-9]+)+$/.test(id)) {
  console.error(
    'usage: npm run new-check -- ID    (words with dashes, such as thread-row-missing)',
  );
  process.exit(2);
}
const name = id.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const check = path.join(root, `src/engine/checks/${id}.ts`);
if (fs.existsSync(check)) {
  console.error(`There is a check ${id} already: ${check}`);
  process.exit(2);
}

fs.writeFileSync(
  check,
  `import { defineCheck } from './check.ts';

export default defineCheck({
  id: '${id}',
  title: 'What is wrong, in a few words',
  meaning: \`What it means for the person, how it is healed, and what the cure cannot do.\`,
  severity: 'warning',
  needs: { 'state-database': 'seen' },
  *detect({ threads }) {
    for (const { id: key, row } of threads) {
      if (row?.title !== 'the defect') continue;
      yield {
        subject: { kind: 'thread', key, path: null },
        facts: { title: row.title },
        threads: [key],
      };
    }
  },
  say: ({ title }) => \`The thread is called "\${title}".\`,
});
`,
);
fs.writeFileSync(
  path.join(root, `test/checks/${id}.test.ts`),
  `import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';

test('found', () =>
  expectFindings(home().thread('t1', { row: { title: 'the defect' } })).toBe('warning ${id} t1'));

test('not found', () => expectFindings(home().thread('t1')).toBe());

test('nobody is accused on a partial view', () =>
  expectOutcome(home().thread('t1').trouble('state_5.sqlite'), '${id}').toBe('unknown'));
`,
);
const registry = path.join(root, 'src/engine/checks/index.ts');
const text = fs.readFileSync(registry, 'utf8');
fs.writeFileSync(
  registry,
  text
    .replace(
      /\n\nexport const checks/,
      `\nimport ${name} from './${id}.ts';\n\nexport const checks`,
    )
    .replace(/\];\s*$/, `  ${name},\n];\n`),
);
console.log(
  `Made src/engine/checks/${id}.ts, its test, and its line in index.ts. Then: npm run docs`,
);
