// npm start: the product on your Codex home, or with `-- --sample` on a sick sample home.
//
// It prints the report, and then opens the extension: in the desktop VS Code where `code` is on
// the PATH, else in a VS Code server from npm whose address on this machine is printed. With
// `-- --no-editor` it stops after the report.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from './cache.mjs';
import { root } from './dependencies.mjs';
import { packExtension } from './package.mjs';
import { freePort, openInServer } from './vscode-host.mjs';

const { values: options } = parseArgs({
  options: {
    sample: { type: 'boolean', default: false },
    'no-editor': { type: 'boolean', default: false },
    port: { type: 'string' },
  },
});

run(process.execPath, ['esbuild.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
const own = process.env.CODEX_HOME ?? path.join(os.homedir(), '.codex');
const isSample = options.sample || !fs.existsSync(own);
const { home, folder } = isSample ? await makeSample() : { home: own, folder: process.cwd() };
if (isSample) console.log(`A sick sample home, made for you to look at: ${home}\n`);
run(process.execPath, ['dist/cli.js', 'scan', '--home', home], { stdio: 'inherit' });
if (!options['no-editor']) await openEditor();

async function makeSample() {
  const { writeSampleHome } = await import('../test/editor/sampleHome.ts');
  const place = path.join(cacheFolder, 'sample');
  fs.rmSync(place, { recursive: true, force: true });
  fs.mkdirSync(place, { recursive: true });
  const sample = await writeSampleHome(place);
  return { home: sample.folder, folder: sample.projects.webshop };
}

async function openEditor() {
  const code = onPath('code');
  if (code !== null) {
    const environment = { ...process.env, CODEX_HOME: home };
    const args = [`--extensionDevelopmentPath=${root}`, '--new-window', folder];
    spawn(code, args, { env: environment, stdio: 'ignore', detached: true }).unref();
    console.log('\nVS Code opens with the extension in it: look for Codex in the activity bar.');
    return;
  }
  console.log('\nThere is no `code` on the PATH: starting a VS Code server on this machine …');
  const port = options.port === undefined ? await freePort() : Number(options.port);
  const { url, stop } = await openInServer({
    vsix: packExtension(path.join(cacheFolder, 'start.vsix')),
    home,
    port,
    folder,
    say: console.log,
  });
  console.log(`\nOpen this address in a browser:\n\n  ${url}\n\nCtrl-C ends the server.`);
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void Promise.resolve(stop()).then(() => process.exit(0)));
}

function run(program, args, how) {
  const { status, error } = spawnSync(program, args, { cwd: root, ...how });
  if (error !== undefined) throw error;
  return status;
}

function onPath(name) {
  const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = folders.flatMap(one => names.map(file => path.join(one, file)));
  return candidates.find(file => fs.existsSync(file)) ?? null;
}
