// A Codex is started on hosts for a moment, as it would be started there, and says where it keeps its things:
// the real one in every shell, and stand-ins that hang, fail, or leave something behind.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { homeLines } from '../../src/engine/repair/split/homeLines.ts';
import type { Shell } from '../../src/engine/repair/startUp/shells.ts';
import type { FreshStart } from '../../src/engine/world.ts';
import { createHosts, type HostLimits } from '../../src/node/hosts/hosts.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { canHaveHosts, hasShell, NEEDS_HOSTS, startLab, type Lab } from '../support/hosts/lab.ts';

/** What each shell reads in any case, below its home. */
const START_UP: Readonly<Record<string, readonly (readonly [Shell, string])[]>> = {
  bash: [
    ['bash', '.bashrc'],
    ['bash', '.bash_profile'],
  ],
  dash: [['sh', '.profile']],
  zsh: [['zsh', '.zshenv']],
  fish: [['fish', '.config/fish/conf.d/codex-health.fish']],
  tcsh: [['tcsh', '.tcshrc']],
};
const SHELLS = Object.keys(START_UP);

const isPossible = canHaveHosts();
let lab: Lab;
let codex: string;

beforeAll(async () => {
  if (!isPossible) return;
  codex = await installCodex('0.169.0');
  lab = await startLab([
    ...SHELLS.filter(hasShell).map(shell => ({
      name: shell,
      shell,
      hasOwnHome: true,
      banner: 'Authorised people only.\n',
    })),
    ...STAND_INS.map(name => ({ name, hasOwnHome: true })),
    { name: 'linked', hasOwnHome: true },
  ]);
});
afterAll(async () => {
  if (isPossible) await lab.close();
});
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

/** How a host sees what lies in its home. */
const planned = () => path.join(lab.home, 'planned');
const inHome = (host: string, ...names: readonly string[]) => path.join(lab.homeOf(host), ...names);

function hostsWith(limits: Partial<HostLimits> = {}) {
  return createHosts({
    scanner: null,
    environment: process.env,
    userHome: os.homedir(),
    sshArguments: lab.sshArguments,
    limits,
  });
}

/** Longer than any test waits. */
const PATIENT = { freshMs: 3_600_000 };

function both(program: string | null): readonly FreshStart[] {
  return (['command', 'login'] as const).map(how => ({ how, home: planned(), program }));
}

function giveHome(host: string, shell: string, home = planned()): void {
  for (const [language, name] of START_UP[shell] ?? []) {
    const file = inHome(host, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const lines = homeLines(language, [{ host, home }], path.join(lab.home, '.codex'));
    fs.writeFileSync(file, `${lines}echo what a noise\necho '{"id":1,"result":{}}'\n`);
  }
}

/** Codex, and whatever else runs there beside the server of ssh. */
function running(host: string): readonly string[] {
  return lab.programs(host).filter(line => line !== '' && !/sshd|^ssh/.test(line));
}

describe.each(SHELLS)('with %s as login shell', shell => {
  beforeEach(context => context.skip(isPossible && !hasShell(shell), `needs ${shell}`));

  test('a command and a login shell start a Codex that says the home it was given', async () => {
    giveHome(shell, shell);
    fs.mkdirSync(inHome(shell, 'planned'));
    const ways = both(codex).filter(({ how }) => shell !== 'dash' || how === 'login');
    const said = await hostsWith().startFresh(shell, ways);
    expect(said).toEqual(
      ways.map(({ how }) => ({ how, program: codex, codexHome: planned(), why: null })),
    );
    expect(fs.readdirSync(inHome(shell, 'planned'))).toContain('installation_id');
    expect(running(shell)).toEqual([]);
  });

  test('none is started that would get another home', async () => {
    giveHome(shell, shell, path.join(lab.home, 'other'));
    fs.mkdirSync(inHome(shell, 'other'));
    const said = await hostsWith().startFresh(shell, both(codex));
    expect(said.map(({ codexHome, why }) => [codexHome, why])).toEqual(
      both(codex).map(() => [null, 'it would have used another home, and was not started']),
    );
    expect(fs.readdirSync(inHome(shell, 'other'))).toEqual([]);
  });
});

test('a home that is reached through a link is the planned one', async () => {
  giveHome('linked', 'bash');
  fs.mkdirSync(inHome('linked', 'disk'));
  fs.symlinkSync(path.join(lab.home, 'disk'), inHome('linked', 'planned'));
  const said = await hostsWith().startFresh('linked', both(codex));
  expect(said.map(one => one.codexHome)).toEqual([planned(), planned()]);
});

test('where databases would go elsewhere, none is started', async () => {
  giveHome('apart', 'bash');
  fs.mkdirSync(inHome('apart', 'planned'));
  fs.appendFileSync(inHome('apart', '.bashrc'), 'export CODEX_SQLITE_HOME=/elsewhere\n');
  const [command, login] = await hostsWith().startFresh('apart', both(codex));
  expect(command?.why).toMatch(/was not started/);
  expect(login).toMatchObject({ codexHome: planned(), why: null });
});

describe('a stand-in for Codex', () => {
  test('that is on the path is the one that is started', async () => {
    const file = standIn('on-path', 'bin/codex', ANSWERS);
    fs.appendFileSync(inHome('on-path', '.bashrc'), `export PATH="${path.dirname(file)}:$PATH"\n`);
    const said = await hostsWith().startFresh('on-path', both(codex));
    expect(said.map(({ program }) => program)).toEqual([file, codex]);
  });

  test('that is not there is said to be missing', async () => {
    standIn('nowhere', 'codex', '');
    const [command] = await hostsWith().startFresh('nowhere', both(null));
    expect(command).toEqual({
      ...{ how: 'command', program: 'codex', codexHome: null },
      why: 'no Codex was found there',
    });
  });

  test('that fails says why', async () => {
    const file = standIn('failing', 'codex', 'echo "Error: no home for anybody" >&2; exit 1');
    const said = await hostsWith().startFresh('failing', both(file));
    expect(said.map(({ why }) => why)).toEqual(
      both(file).map(() => 'it said: no home for anybody'),
    );
  });

  test('that never answers, and hears nothing, is ended', async () => {
    const file = standIn('deaf', 'codex', "trap '' TERM HUP; sleep 1000");
    const [command] = await hostsWith({ freshMs: 500 }).startFresh('deaf', both(file).slice(0, 1));
    expect(command?.why).toMatch(/^it did not answer within/);
    expect(running('deaf')).toEqual([]);
  });

  test('that leaves something behind takes it along', async () => {
    const file = standIn('littering', 'codex', `setsid sleep 1000 & ${ANSWERS}`);
    const said = await hostsWith().startFresh('littering', both(file));
    expect(said.map(one => one.codexHome)).toEqual([planned(), planned()]);
    expect(running('littering')).toEqual([]);
  });

  test('ends where somebody stops it', async () => {
    const file = standIn('stopped', 'codex', 'cat >/dev/null');
    const stop = new AbortController();
    const saying = hostsWith(PATIENT).startFresh('stopped', both(file), stop.signal);
    await until(() => running('stopped').some(line => line.startsWith('cat')));
    stop.abort();
    expect((await saying).map(({ why }) => why)).toEqual(['it was cancelled', 'it was cancelled']);
    await until(() => running('stopped').length === 0);
  });
});

describe('on this machine', () => {
  const here = os.hostname();
  const shell = path.basename(os.userInfo().shell ?? 'sh');
  beforeEach(context => context.skip(!(shell in START_UP), `knows no shell ${shell}`));

  function prepared(name: string) {
    const home = path.join(lab.folder, name);
    const given = path.join(home, 'planned');
    fs.mkdirSync(given, { recursive: true });
    for (const [language, file] of START_UP[shell] ?? []) {
      fs.mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
      const lines = homeLines(language, [{ host: here, home: given }], lab.home);
      fs.writeFileSync(path.join(home, file), lines);
    }
    const hosts = createHosts({
      ...{ scanner: null, userHome: home, sshArguments: [] },
      environment: { ...process.env, HOME: home },
      limits: PATIENT,
    });
    const login = (program: string) => [{ how: 'login', home: given, program }] as const;
    return { hosts, given, login };
  }

  test('it is started as ssh would start it, and ends', async () => {
    const { hosts, given, login } = prepared('here');
    const [said] = await hosts.startFresh(null, login(codex));
    expect(said).toMatchObject({ how: 'login', codexHome: given, why: null });
    expect(usersOf(given)).toEqual([]);
  });

  test('it ends where somebody stops it', async () => {
    const { hosts, given, login } = prepared('stopped-here');
    const file = path.join(given, '..', 'codex');
    fs.writeFileSync(file, '#!/bin/sh\nexec cat >/dev/null\n', { mode: 0o755 });
    const stop = new AbortController();
    const saying = hosts.startFresh(null, login(file), stop.signal);
    await until(() => usersOf(given).length > 0);
    stop.abort();
    expect((await saying).map(({ why }) => why)).toEqual(['it was cancelled']);
    await until(() => usersOf(given).length === 0);
  });
});

/** Processes of this machine that were given this home. */
function usersOf(home: string): readonly string[] {
  return fs.readdirSync('/proc').filter(name => {
    try {
      return (
        /^\d+$/.test(name) &&
        fs.readFileSync(`/proc/${name}/environ`, 'latin1').includes(`CODEX_HOME=${home}\0`)
      );
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

test('a host that nobody reaches has no server', async () => {
  const said = await hostsWith().startFresh('-oProxyCommand=x', both(codex));
  expect(said.map(({ codexHome, why }) => [codexHome, why])).toEqual(
    both(codex).map(() => [null, 'this is no name that could be given to ssh']),
  );
});

const STAND_INS = [...['on-path', 'nowhere', 'failing', 'deaf', 'littering', 'stopped', 'apart']];

/** Says the home that it has, and ends with its input. */
const ANSWERS =
  'read -r line; printf \'{"id":1,"result":{"codexHome":"%s"}}\\n\' "$CODEX_HOME"; cat >/dev/null';

function standIn(host: string, name: string, script: string): string {
  giveHome(host, 'bash');
  fs.mkdirSync(inHome(host, 'planned'));
  const file = inHome(host, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path.join(lab.home, name);
}

/** Bounded by the test. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(20);
}
