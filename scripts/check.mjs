// npm run check: what a developer runs all day. Types, lint, form, generated files, unit tests.

import { ensureDependencies, root } from './dependencies.mjs';
import { nodeBinary } from './node-binaries.mjs';
import { runParts } from './parts.mjs';

ensureDependencies();
const node = nodeBinary(24);
const bin = name => `node_modules/${name}`;
/** What is learnt of files that have not changed since; they are known by their content. */
const kept = name => `node_modules/.cache/codex-session-health/${name}`;

function types(project, name) {
  const memory = ['--incremental', '--tsBuildInfoFile', kept(`${name}.tsbuildinfo`)];
  return [node, bin('typescript/bin/tsc'), '-p', project, ...memory];
}

export const checkParts = [
  { name: 'types of the engine', command: types('src/engine', 'engine') },
  {
    name: 'types of the editor tests',
    command: types('test/editor/suite/tsconfig.json', 'editor-tests'),
  },
  { name: 'types', command: types('.', 'types') },
  { name: 'lint', command: [node, bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  {
    name: 'form',
    command: [
      node,
      bin('prettier/bin/prettier.cjs'),
      ...['--check', '--log-level', 'warn', '.'],
      ...['--cache', '--cache-strategy', 'content', '--cache-location', kept('form.json')],
    ],
  },
  { name: 'build', command: [node, 'esbuild.mjs'] },
  { name: 'generated files', command: [node, 'scripts/write-docs.mjs', '--check'] },
  {
    name: 'unit tests',
    command: [
      node,
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=./test/support/notRunReporter.mjs',
    ],
    counts: 'vitest',
  },
];

if (process.argv[1]?.endsWith('check.mjs')) {
  // The unit tests take longest, so that they begin.
  const { failed } = await runParts([...checkParts].reverse(), root, 2);
  process.exitCode = failed === 0 ? 0 : 1;
}
