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
    banner: { js: '#!/usr/bin/env node' },
  },
  { ...shared, entryPoints: ['src/server/main.ts'], outfile: path.join(out, 'server.js') },
  { ...shared, entryPoints: ['src/node/outsideHelper.ts'], outfile: path.join(out, 'outside.js') },
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

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await copyFile(
  path.join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'),
  path.join(out, 'sql-wasm.wasm'),
);

if (options.watch) {
  for (const bundle of bundles) {
    const watching = await context(bundle);
    await watching.watch();
  }
  console.log('watching');
} else {
  const built = await Promise.all(
    bundles.map(bundle => build({ ...bundle, metafile: options.meta })),
  );
  for (const [index, { outfile }] of bundles.entries()) {
    if (options.meta)
      await writeFile(`${outfile}.meta.json`, JSON.stringify(built[index].metafile));
    const { size } = await stat(outfile);
    console.log(
      `${path.basename(outfile).padEnd(15)} ${String(Math.ceil(size / 1024)).padStart(5)} KiB`,
    );
  }
}
