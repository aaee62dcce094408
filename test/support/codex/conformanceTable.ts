// Writes down what real Codex releases answer about every home that we know how to break.
//
// Usage: node scripts/with-node24.mjs test/support/codex/conformanceTable.ts FOLDER
//
// For each home and each breakage FOLDER/HOME/BREAKAGE.json gets the answers and the ids of the
// threads, and FOLDER/HOME/BREAKAGE.home is the broken home itself, to be looked at without Codex.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { breakages, breakHome } from './breakages.ts';
import type { Breakage } from './breakages.ts';
import { installCodex } from './binaries.ts';
import { inParallel } from './inParallel.ts';
import { copyHome, homeKinds, makeHome } from './makeHome.ts';
import type { CodexHome } from './makeHome.ts';
import { askOracle } from './oracle.ts';

/** More servers at once do not end sooner on two cores, and another file runs beside. */
const LANES = 2;

const target = process.argv[2];
if (target === undefined) {
  process.stderr.write('usage: conformanceTable.ts FOLDER\n');
  process.exitCode = 2;
} else {
  await writeTable(path.resolve(target));
}

async function writeTable(folder: string): Promise<void> {
  for (const [version, mode] of homeKinds) {
    const started = performance.now();
    const home = await makeHome(version, mode);
    const codex = await installCodex(version);
    const homeFolder = path.join(folder, `${version.replace(/\.0$/, '')}-${mode}`);
    mkdirSync(homeFolder, { recursive: true });
    await inParallel(LANES, breakages, breakage => writeAnswer(codex, home, breakage, homeFolder));
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`${path.basename(homeFolder)}: ${seconds.toFixed(1)} s\n`);
  }
}

async function writeAnswer(
  codex: string,
  home: CodexHome,
  breakage: Breakage,
  homeFolder: string,
): Promise<void> {
  const { name, target: thread, about } = breakage;
  const place = path.join(homeFolder, `${name}.home`);
  rmSync(place, { recursive: true, force: true });
  const broken = copyHome(home, place);
  const isBroken = breakHome(broken, name);
  const answer = isBroken ? await askOracle(codex, broken) : { notApplicable: true };
  const { version, mode, ids } = home;
  const text = JSON.stringify(
    { case: name, about, target: thread, version, mode, ids, ...answer },
    null,
    2,
  );
  writeFileSync(path.join(homeFolder, `${name}.json`), `${text}\n`);
}
