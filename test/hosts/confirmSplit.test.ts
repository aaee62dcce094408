// A home that two hosts share is split, and then each of them is asked: a Codex that is started there says its
// new home, and one that still runs with the old home is named. What asking writes there does not keep the
// split from being undone to the byte.

import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, inject, test } from 'vitest';
import type { SplitWish } from '../../src/engine/engine.ts';
import { createNodeWorld, type NodeWorld } from '../../src/node/world.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { homePicture, pictureDifferences, timesOf } from '../support/codex/homePicture.ts';
import { copyHome, makeHome, type CodexHome } from '../support/codex/makeHome.ts';
import { workOn } from '../support/codex/ourWorld.ts';
import { canHaveHosts, NEEDS_HOSTS, startLab, type Lab } from '../support/hosts/lab.ts';

const HOSTS = ['host-a', 'host-b'];

const isPossible = canHaveHosts();
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

test.each(['0.142.0', '0.160.0', '0.169.0'])('Codex %s', async version => {
  const codex = await installCodex(version);
  const lab = await startLab(HOSTS.map(name => ({ name })));
  const world = worldOf(lab);
  try {
    fs.symlinkSync(codex, path.join(lab.folder, 'bin', 'codex'));
    fs.writeFileSync(path.join(lab.home, '.bashrc'), BASHRC);
    const home = copyHome(await makeHome(version, 'paginated'), path.join(lab.home, '.codex'));
    const before = homePicture(home.folder);
    const times = timesOf(home);
    const { engine, repairs, scan } = workOn(world, home.folder, codex);
    const look = async () => engine.hosts.look({ aliases: HOSTS, report: await scan() });
    const wish = wishFor(lab, home);
    const report = await scan();
    const { sha } = await repairs.planSplit(report, wish);
    const request = { wish, sights: await look(), sha, vault: null };
    const { split } = await repairs.applySplit(report, scan, request);
    if (split === null) throw new Error('it was not split');

    const confirm = async () =>
      engine.hosts.confirmSplit(split, { aliases: HOSTS, report: await scan() });
    const pictures = () => wish.hosts.map(one => homePicture(one.home));
    const [onA, onB] = pictures();
    expect(await confirm()).toEqual(
      wish.hosts.map(one => ({
        ...{ ...one, answer: 'yes', wrong: [], stale: [] },
        fresh: ['command', 'login'].map(how => ({
          ...{ how, codexHome: one.home, why: null },
          program: path.join(lab.folder, 'bin', 'codex'),
        })),
      })),
    );
    const asked = pictures();
    expect(pictureDifferences(onA ?? {}, asked[0] ?? {})).toEqual([]);
    expect(pictureDifferences(onB ?? {}, asked[1] ?? {})).toEqual([]);

    const stale = lab.start('host-b', `CODEX_HOME='${home.folder}' exec '${codex}' app-server`);
    const ended = new Promise(resolve => stale.once('exit', resolve));
    await answering(stale);
    expect(
      (await confirm()).map(({ answer, stale }) => [answer, stale.map(one => one.codexHome)]),
    ).toEqual([
      ['yes', []],
      ['no', [home.folder]],
    ]);
    stale.stdin?.end();
    await ended;

    const { left } = await repairs.undo(await scan(), null, null, undefined, await look());
    expect(left).toEqual([]);
    expect(pictureDifferences(before, homePicture(home.folder))).toEqual([]);
    expect(timesOf(home)).toEqual(times);
    expect(fs.readFileSync(path.join(lab.home, '.bashrc'), 'utf8')).toBe(BASHRC);
    expect(HOSTS.flatMap(host => lab.programs(host)).filter(isCodex)).toEqual([]);
  } finally {
    await world.close();
    await lab.close();
  }
});

const BASHRC = 'case $- in *i*) ;; *) return;; esac\n';

/** This machine as one more that has the home, with its person's start-up files. */
function worldOf(lab: Lab): NodeWorld {
  const state = path.join(lab.folder, 'state');
  const environment = { ...process.env, XDG_STATE_HOME: state };
  const world = createNodeWorld({
    programs: inject('programs'),
    sshArguments: lab.sshArguments,
    environment,
  });
  return { ...world, machine: { ...world.machine, userHome: lab.home } };
}

function wishFor(lab: Lab, { ids }: CodexHome): SplitWish {
  return {
    hosts: HOSTS.map(host => ({ host, home: path.join(lab.home, '.codex-hosts', host) })),
    of: new Map([
      [ids.A, 'host-a'],
      [ids.B, 'host-b'],
    ]),
    shared: 'link',
    startUp: ['.bashrc', '.profile'].map(name => ({
      shell: 'bash',
      file: path.join(lab.home, name),
    })),
  };
}

/** It has opened its home by then. */
async function answering(server: ReturnType<Lab['start']>): Promise<void> {
  const params = { clientInfo: { name: 'tests', title: 'Tests', version: '0' } };
  server.stdin?.write(`${JSON.stringify({ id: 1, method: 'initialize', params })}\n`);
  await new Promise(resolve => server.stdout?.once('data', resolve));
}

function isCodex(line: string): boolean {
  return line.includes('app-server');
}
