// Hosts that die at the worst moments: in the middle of a look, while a split is planned, made or confirmed, and
// with the program that makes it. What is not known is said to be, and nothing is left half done for good.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { createEngine, createRepairs, type SplitWish } from '../../src/engine/engine.ts';
import type { HostConnection, World } from '../../src/engine/world.ts';
import { createHands } from '../../src/node/hands.ts';
import { createNodeWorld, type NodeWorld } from '../../src/node/world.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { homePicture, timesOf } from '../support/codex/homePicture.ts';
import { copyHome, makeHome, type CodexHome } from '../support/codex/makeHome.ts';
import { canHaveHosts, NEEDS_HOSTS, startLab, type Lab } from '../support/hosts/lab.ts';
import { installOnHosts, letHostsMeet, runOn, said, typeOn } from '../support/hosts/onHosts.ts';

const VERSION = '0.169.0';
const LIVES = 'gpu-2';
const SPLITTER = path.join(import.meta.dirname, '../support/hosts/splitThere.ts');
const BASHRC = 'alias l=ls\n';

/** When a host is cut off that makes a split: before the operation of this number of those that fit. */
const MOMENTS: readonly (readonly [when: string, pattern: string, number: number])[] = [
  ['the first home is being furnished', '^linkTo ', 2],
  ['some of the threads have gone', '^move ', 2],
  ['a Codex is making the databases of a new home', '^(?:call|pages) thread/list', 1],
  ['one start-up file has its lines and the next has not', '\\.profile$', 1],
];

const isPossible = canHaveHosts();
let lab: Lab;
let world: NodeWorld;
let made: CodexHome;
let home: CodexHome;

beforeAll(async () => {
  if (!isPossible) return;
  lab = await startLab([
    { name: LIVES },
    { name: 'dies-in-a-scan', hasOwnHome: true },
    ...['dies-in-a-look', 'dies-before', 'dies-after'].map(name => ({ name })),
    ...MOMENTS.map((_, at) => ({ name: makerOf(at), environment: { TMPDIR: '/run' } })),
  ]);
  made = await makeHome(VERSION, 'paginated');
  letHostsMeet(lab);
  installOnHosts(lab, await installCodex(VERSION));
  copyHome(made, path.join(lab.homeOf('dies-in-a-scan'), '.codex'));
  const environment = {
    ...process.env,
    HOME: lab.home,
    XDG_STATE_HOME: path.join(lab.folder, 's'),
  };
  const node = createNodeWorld({
    programs: inject('programs'),
    sshArguments: lab.sshArguments,
    environment,
  });
  world = { ...node, machine: { ...node.machine, userHome: lab.home } };
});
afterAll(async () => {
  if (!isPossible) return;
  await world.close();
  await lab.close();
});
beforeEach(context => {
  context.skip(!isPossible, NEEDS_HOSTS);
  for (const name of ['.codex', '.codex-hosts', '.bashrc', '.profile'])
    fs.rmSync(path.join(lab.home, name), { recursive: true, force: true });
  home = copyHome(made, path.join(lab.home, '.codex'));
  fs.writeFileSync(path.join(lab.home, '.bashrc'), BASHRC);
});

test('a host that dies in the middle of a scan: what it holds is a gap, and the others are seen whole', async () => {
  const { engine, report } = await openOn(
    cutting('dies-in-a-scan', 'scan', connection => connection.scan(null)),
  );
  const aliases = ['dies-in-a-scan', LIVES];
  const [dead, alive] = await engine.hosts.look({ aliases, report });
  expect(dead).toMatchObject({ machine: { hostname: 'dies-in-a-scan' }, snapshot: null });
  expect(dead?.gaps).toEqual([
    { what: `what ${home.folder} holds there`, why: expect.any(String) as string },
  ]);
  expect([alive?.sharing?.answer, alive?.gaps]).toEqual(['yes', []]);
});

describe('a host that dies while a home is split', () => {
  test('as it is looked at: the split is refused, and nothing is changed', async () => {
    const dying = cutting('dies-in-a-look', 'holders', one => one.holders([home.folder]));
    const { apply, picture } = await splitting('dies-in-a-look', dying);
    const before = picture();
    await expect(apply()).rejects.toMatchObject({
      code: 'other-hosts',
      message: expect.stringContaining('which folders are there could not be seen there') as string,
    });
    expect(picture()).toEqual(before);
  });

  test('between the plan and the yes: what was seen of it before is not believed', async () => {
    const { look, apply, picture } = await splitting('dies-before', world);
    const before = picture();
    expect((await look()).flatMap(({ gaps }) => gaps)).toEqual([]);
    lab.cut('dies-before');
    await expect(apply()).rejects.toMatchObject({
      code: 'other-hosts',
      message: expect.stringContaining('how it is now could not be seen') as string,
    });
    expect(picture()).toEqual(before);
  });

  test('when it is done: of this host it is not known, and the others have it', async () => {
    const { engine, report, repairs, apply, look, scan, aliases } = await splitting(
      'dies-after',
      world,
    );
    const { split, receipt } = await apply();
    if (split === null) throw new Error(receipt.failed.map(({ why }) => why).join());
    lab.cut('dies-after');
    const took = await engine.hosts.confirmSplit(split, { aliases, report });
    expect(took.map(({ host, answer }) => [host, answer])).toEqual([
      [LIVES, 'yes'],
      ['dies-after', 'unknown'],
    ]);
    // A look that was taken before says nothing of how it is after.
    const after = await scan();
    const wrong = after.findings.filter(({ check }) => check === 'split-not-effective');
    expect(wrong).toEqual([]);
    await expect(
      repairs.undo(after, receipt.id, null, undefined, await look()),
    ).rejects.toMatchObject({ code: 'other-hosts' });
  });
});

describe('a host that dies with the program that splits', () => {
  test.each(MOMENTS.map((moment, at) => [...moment, makerOf(at)] as const))(
    'as %s: the next look on another host says so, and with a word for the dead one all is put back',
    async (_, pattern, number, maker) => {
      const type = async (...words: readonly string[]) =>
        typeOn(lab, LIVES, inject('programs'), ...words, '--home', home.folder, '--json');
      const typeIn = async (folder: string, ...words: readonly string[]) =>
        typeOn(lab, LIVES, inject('programs'), ...words, '--home', folder);
      const stopped = async (...words: readonly string[]) =>
        (JSON.parse((await type(...words)).out) as { interrupted: string | null }).interrupted;
      expect(await type('hosts', 'add', LIVES)).toMatchObject({ code: 0, err: '' });
      const pins = [home.ids.A, home.ids.N, home.ids.X];
      await type('hosts', 'pin', LIVES, '--thread', ...pins);
      const before = pictureOfAll();

      const child = runOn(lab, maker, [SPLITTER, inject('programs'), pattern, String(number)]);
      const ended = said(child);
      const halted = new Promise<string>(resolve => {
        child.stdout.once('data', (text: string) => resolve(text));
      });
      expect(await Promise.race([halted, ended])).toBe('halted\n');
      const middle = pictureOfAll();
      expect(middle).not.toEqual(before);
      // As long as it lives, nobody takes that back.
      expect((await type('undo', '--yes')).code).toBe(3);
      expect(pictureOfAll()).toEqual(middle);

      lab.cut(maker);
      await ended;
      expect(await stopped('scan')).not.toBeNull();
      const makes = /\.profile\$$/.test(pattern) ? await typeIn(homeOf(LIVES), 'scan') : null;
      if (makes !== null) expect(makes.out).toContain(`undo --home ${home.folder}`);
      // Nobody has looked at the hosts, and one of them is gone for good.
      expect(await stopped('history')).not.toBeNull();
      const refused = await type('undo', '--yes');
      expect([refused.code, `${refused.out}${refused.err}`]).toEqual([
        3,
        expect.stringContaining(`codex-health undo --closed ${maker} takes your word`),
      ]);
      expect(pictureOfAll()).toEqual(middle);
      expect(await type('undo', '--yes', '--closed', maker)).toMatchObject({ code: 0, err: '' });
      expect(await stopped('history')).toBeNull();
      expect(pictureOfAll()).toEqual(before);
    },
  );
});

function homeOf(host: string): string {
  return path.join(lab.home, '.codex-hosts', host);
}

function makerOf(at: number): string {
  return `makes-${String(at)}`;
}

/** A world in which this host is cut off as soon as this is asked of it. */
function cutting(
  alias: string,
  what: 'scan' | 'holders',
  ask: (connection: HostConnection) => Promise<unknown>,
): World {
  const connect: World['hosts']['connect'] = async (to, ...more) => {
    const connected = await world.hosts.connect(to, ...more);
    if (to !== alias || !connected.ok) return connected;
    const connection = connected.value;
    const cutOff = () => {
      // So that it cannot have answered.
      lab.freeze(alias);
      const answer = ask(connection);
      lab.cut(alias);
      return answer;
    };
    return { ok: true, value: { ...connection, [what]: cutOff } };
  };
  return { ...world, hosts: { ...world.hosts, connect } };
}

async function openOn(on: World) {
  const engine = createEngine(on);
  const scan = async () =>
    engine.scan({
      ...{ home: home.folder, sqliteHome: null, codex: path.join(lab.folder, 'bin/codex') },
      ...{ full: false, hosts: await engine.hosts.known([LIVES, 'dies-after']) },
    });
  return { engine, scan, report: await scan() };
}

/** A split for two hosts, planned on this machine, which has the home as well. */
async function splitting(dying: string, on: World) {
  const { engine, scan, report } = await openOn(on);
  const repairs = createRepairs(on, createHands());
  const aliases = [LIVES, dying];
  const look = () => engine.hosts.look({ aliases, report });
  const wish: SplitWish = {
    hosts: aliases.map(host => ({ host, home: repairs.proposeHome(host) })),
    of: new Map([
      [home.ids.A, LIVES],
      [home.ids.B, dying],
    ]),
    shared: 'link',
    startUp: await repairs.proposeStartUp(['/bin/bash']),
  };
  const { sha } = await repairs.planSplit(report, wish);
  const apply = async () =>
    repairs.applySplit(report, scan, { wish, sights: await look(), sha, vault: null });
  return { engine, repairs, scan, report, aliases, look, apply, picture: pictureOfAll };
}

/** The home, the start-up files, and the conversations of new homes. */
function pictureOfAll(): unknown {
  const text = (name: string) => {
    const file = path.join(lab.home, name);
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
  };
  const hosts = path.join(lab.home, '.codex-hosts');
  const there = fs.existsSync(hosts) ? fs.readdirSync(hosts, { recursive: true }) : [];
  return {
    home: homePicture(home.folder),
    times: timesOf(home),
    starts: ['.bashrc', '.profile'].map(text),
    // Folders are left, and whatever Codex itself has put into a new home.
    moved: there.map(String).filter(name => /rollout-|config\.toml$/.test(name)),
  };
}
