// Builds the programs of the product into dist/, or into the folder behind --out, and prints their
// sizes. With --watch it keeps building. With --meta it writes beside each what it was made of; with
// --no-maps there is nothing that leads back to the sources, as in what is handed to people.
//
// The second lock of the house is here: `vscode` is external for the extension alone, so that an
// import of it anywhere else fails the build.

import { context, build } from 'esbuild';
import { copyFile, mkdir, readFile, stat, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';

const root = path.dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    watch: { type: 'boolean' },
    meta: { type: 'boolean', default: false },
    'no-maps': { type: 'boolean', default: false },
    out: { type: 'string', default: path.join(root, 'dist') },
  },
});
const out = path.resolve(options.out);
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** What all bundles share. Node 20 is the oldest on which the command line looks. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minify: true,
  keepNames: true,
  sourcemap: options['no-maps'] ? false : 'linked',
  sourcesContent: false,
  logLevel: 'warning',
  define: { PRODUCT_VERSION: JSON.stringify(version) },
};

const bundles = [
  {
    ...shared,
    entryPoints: ['src/cli/main.ts'],
    outfile: path.join(out, 'cli.js'),
    // It is loaded for each command. Short names with the long ones kept beside them would make it smaller, and
    // take some milliseconds longer each time; short names alone would leave no trace that a person can read.
    minify: false,
    minifyWhitespace: true,
    minifySyntax: true,
    keepNames: false,
    banner: { js: '#!/usr/bin/env node' },
  },
  { ...shared, entryPoints: ['src/server/main.ts'], outfile: path.join(out, 'server.js') },
  { ...shared, entryPoints: ['src/node/outsideHelper.ts'], outfile: path.join(out, 'outside.js') },
  {
    ...shared,
    entryPoints: ['src/node/far/readerProcess.ts'],
    outfile: path.join(out, 'reader.js'),
  },
  {
    ...shared,
    entryPoints: ['src/node/databaseWorker.ts'],
    outfile: path.join(out, 'databases.js'),
  },
  {
    ...shared,
    entryPoints: ['src/extension/extension.ts'],
    outfile: path.join(out, 'extension.js'),
    external: ['vscode'],
  },
];

/**
 * What is sent to a host and runs there without a file: the scanner, its helpers, and the WASM, packed once
 * here, since it goes over the wire whole. Before them stands a line with the name and length of each.
 */
const scanner = {
  name: 'scanner.br',
  helpers: ['databases.js', 'outside.js', 'reader.js', 'sql-wasm.wasm'],
  bundle: { ...shared, entryPoints: ['src/scanner/main.ts'], sourcemap: false, write: false },
};

/** The last tenth of its size would take a hundred times as long. */
const PACKING = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

async function packScanner() {
  const { outputFiles } = await build(scanner.bundle);
  const parts = [['scanner.js', Buffer.from(outputFiles[0].contents)]];
  for (const name of scanner.helpers) parts.push([name, await readFile(path.join(out, name))]);
  const head = JSON.stringify(parts.map(([name, bytes]) => [name, bytes.length]));
  const whole = Buffer.concat([Buffer.from(`${head}\n`), ...parts.map(([, bytes]) => bytes)]);
  await writeFile(path.join(out, scanner.name), brotliCompressSync(whole, PACKING));
}

async function printSize(file) {
  const { size } = await stat(file);
  console.log(
    `${path.basename(file).padEnd(15)} ${String(Math.ceil(size / 1024)).padStart(5)} KiB`,
  );
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await copyFile(
  path.join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'),
  path.join(out, 'sql-wasm.wasm'),
);

if (options.watch) {
  for (const bundle of bundles) {
    const watching = await context(bundle);
    await watching.rebuild();
    await watching.watch();
  }
  // It is not packed again: what is sent to hosts is what was built first.
  await packScanner();
  console.log('watching');
} else {
  const built = await Promise.all(
    bundles.map(bundle => build({ ...bundle, metafile: options.meta })),
  );
  for (const [index, { outfile }] of bundles.entries()) {
    if (options.meta)
      await writeFile(`${outfile}.meta.json`, JSON.stringify(built[index].metafile));
    await printSize(outfile);
  }
  await packScanner();
  await printSize(path.join(out, scanner.name));
}
