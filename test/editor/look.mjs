// Looks at the extension as a person would, through a browser, and takes pictures.
//
// Usage: node test/editor/look.mjs OUTDIR [--flow NAME]… [--version 4.139.1|4.103.2] [--vsix FILE]
//                                     [--in DIR]
//
// The homes are made in DIR, which is there and empty; without it in a folder that goes with the run.
// The packed extension is installed, not under test: messages, badges and focus are the real ones. Each
// flow has a window of its own. Prints one line a step, then `N passed, N failed`; a step that fails ends
// its flow and leaves a picture of its own. Without --vsix the extension is built and packed anew.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nodeBinary } from '../../scripts/node-binaries.mjs';
import { packExtension } from '../../scripts/package.mjs';
import { NEWEST } from '../../scripts/vscode-host.mjs';
import { temporarySample } from './temporarySample.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'string', default: NEWEST },
    vsix: { type: 'string' },
    flow: { type: 'string', multiple: true, default: [] },
    in: { type: 'string' },
  },
});
const [pictures] = positionals;
const startedAt = Date.now();
const sums = { passed: 0, failed: 0 };

if (pictures === undefined) {
  console.error('usage: node test/editor/look.mjs OUTDIR');
  process.exitCode = 2;
} else if (Number(process.versions.node.split('.')[0]) < 24) {
  // The homes are made by TypeScript, which only newer Nodes run as it is.
  const again = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  process.exitCode = spawnSync(nodeBinary(24), again, { stdio: 'inherit' }).status ?? 1;
} else {
  await look();
  console.log(`${sums.passed} passed, ${sums.failed} failed`);
  process.exitCode = sums.failed === 0 && sums.passed > 0 ? 0 : 1;
}

async function look() {
  const { flows } = await import('./window/flows.mjs');
  const chosen = options.flow.length === 0 ? flows : named(flows, options.flow);
  fs.mkdirSync(pictures, { recursive: true });
  const temporary = temporarySample();
  try {
    const vsix = options.vsix ?? packExtension(path.join(temporary, 'extension.vsix'));
    const homes = options.in ?? temporary;
    for (const flow of chosen) await playOne(flow, { vsix, folder: path.join(homes, flow.name) });
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function named(flows, names) {
  return names.map(name => {
    const flow = flows.find(one => one.name === name);
    if (flow === undefined)
      throw new Error(`Flows are ${flows.map(one => one.name).join(', ')}, not ${name}.`);
    return flow;
  });
}

/** Plays one flow, where this machine can, and names it where not. What breaks between its steps counts as a failed step. */
async function playOne(flow, { vsix, folder }) {
  const why = flow.whyNot?.() ?? null;
  if (why !== null) {
    console.log(`NOT RUN: ${flow.name} (${why})`);
    return;
  }
  fs.mkdirSync(folder);
  try {
    await flow.play({
      vsix,
      folder,
      version: options.version,
      /** The window of the flow; its steps and pictures. */
      stepsOf: page => ({
        // A part of the window is a picture for the walkthrough; changes of colour are over in it.
        picture: (name, clip) =>
          page.screenshot({
            path: path.join(pictures, `${name}.png`),
            animations: 'disabled',
            ...(clip === undefined ? {} : { clip }),
          }),
        step: (title, action) => step(flow, page, title, action),
      }),
    });
  } catch (error) {
    if (error.isSaid) return;
    sums.failed += 1;
    console.log(`${time()}  FAIL  ${flow.name}: ${error.stack}`);
  }
}

async function step(flow, page, title, action) {
  try {
    await action();
  } catch (error) {
    sums.failed += 1;
    console.log(`${time()}  FAIL  ${flow.name}: ${title}: ${String(error)}`);
    await page.screenshot({ path: path.join(pictures, `failed-${flow.name}.png`) });
    throw Object.assign(new Error(title, { cause: error }), { isSaid: true });
  }
  sums.passed += 1;
  console.log(`${time()}  ok    ${flow.name}: ${title}`);
}

function time() {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}
