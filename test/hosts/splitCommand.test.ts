// A split as an administrator makes it: the built command line on one of two hosts with one home that the real
// Codex has made, over real ssh, and back again to the byte.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { HostTook } from '../../src/engine/model/host.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { homePicture, pictureDifferences, timesOf } from '../support/codex/homePicture.ts';
import { copyHome, makeHome, type CodexHome, type ThreadName } from '../support/codex/makeHome.ts';
import { rolloutFiles } from '../support/codex/rollouts.ts';
import { canHaveHosts, NEEDS_HOSTS, startLab, type Lab } from '../support/hosts/lab.ts';
import { typedOn } from '../support/hosts/onHosts.ts';

const VERSION = '0.169.0';
const OF_A: readonly ThreadName[] = ['A', 'E', 'N', 'X'];
const OF_B: readonly ThreadName[] = ['B'];
const BASHRC = 'case $- in *i*) ;; *) return;; esac\nalias l=ls\n';

const isPossible = canHaveHosts();
let lab: Lab;
let home: CodexHome;

beforeAll(async () => {
  if (!isPossible) return;
  // In a home below the folder for temporary files Codex makes nothing of its own accord.
  const environment = { TMPDIR: '/run' };
  lab = await startLab(['host-a', 'host-b'].map(name => ({ name, environment })));
  const codex = await installCodex(VERSION);
  fs.symlinkSync(codex, path.join(lab.folder, 'bin', 'codex'));
  home = copyHome(await makeHome(VERSION, 'paginated'), path.join(lab.home, '.codex'));
  fs.writeFileSync(path.join(lab.home, '.bashrc'), BASHRC);
  fs.mkdirSync(path.join(lab.home, '.ssh'));
  fs.copyFileSync(path.join(lab.folder, 'ssh_config'), path.join(lab.home, '.ssh', 'config'));
  // Somebody has looked before: what lists correct by themselves is corrected.
  const server = await startAppServer(codex, home.folder);
  for (const archived of [false, true])
    for (const useStateDbOnly of [false, true])
      await server.call('thread/list', { limit: 100, archived, useStateDbOnly });
  await server.stop();
});
afterAll(() => (isPossible ? lab.close() : undefined));
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

test('a split by command, with what is in its way, and its undo from the other host', async () => {
  await prepare();
  await refusedWhileOpen();

  const picture = homePicture(home.folder);
  const times = timesOf(home);
  expect(type('host-a', 'hosts', 'split')).toMatchObject({
    code: 3,
    out: expect.stringContaining('5 threads move there, 1 stays.') as string,
  });
  expect(pictureDifferences(picture, homePicture(home.folder))).toEqual([]);

  const split = type('host-a', 'hosts', 'split', '--yes');
  expect(split).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('Every host uses its own home.') as string,
  });
  expect(split.out).toMatch(
    new RegExp(`take the split back: codex-health undo \\S+ --home ${home.folder}$`),
  );
  for (const [host, names] of [
    ['host-a', OF_A],
    ['host-b', OF_B],
  ] as const) {
    const own = homeOf(host);
    expect(lab.run(host, 'echo "$CODEX_HOME"').trim()).toBe(own);
    expect(threadsIn(own)).toEqual(idsOf(names));
  }
  expect(threadsIn(home.folder)).toEqual(idsOf(['C']));

  const confirmed = type('host-b', 'hosts', 'confirm', '--json');
  expect(confirmed.code).toBe(0);
  const { took } = JSON.parse(confirmed.out) as { readonly took: readonly HostTook[] };
  expect(took.map(({ host, answer }) => [host, answer])).toEqual([
    ['host-a', 'yes'],
    ['host-b', 'yes'],
  ]);

  const elsewhere = type('host-b', 'undo', '--yes');
  const [, undo = ''] = /(undo \S+ --home \S+)\.$/.exec(elsewhere.err) ?? [];
  expect([elsewhere.code, undo]).toEqual([3, expect.stringContaining(home.folder)]);
  const undone = type('host-b', ...undo.split(' '), '--yes');
  expect(undone).toMatchObject({ code: 0, err: '' });
  expect(undone.out).toContain('Everything is as it was before.');

  expect(pictureDifferences(picture, homePicture(home.folder))).toEqual([]);
  expect(timesOf(home)).toEqual(times);
  expect(fs.readFileSync(path.join(lab.home, '.bashrc'), 'utf8')).toBe(BASHRC);
  expect(['host-a', 'host-b'].flatMap(host => rolloutFiles(homeOf(host)))).toEqual([]);
  expect(lab.run('host-b', 'echo "[$CODEX_HOME]"').trim()).toBe('[]');
}, 240_000);

async function prepare(): Promise<void> {
  const { ids } = home;
  for (const [host, other, names] of [
    ['host-a', 'host-b', OF_B],
    ['host-b', 'host-a', OF_A],
  ] as const) {
    expect(type(host, 'hosts', 'add', other).code).toBe(0);
    const threads = names.map(name => ids[name]);
    expect(type(host, 'hosts', 'pin', other, '--thread', ...threads)).toMatchObject({ code: 0 });
  }
  await Promise.resolve();
}

/** A Codex on the other host is named by its process, and nothing is done as long as it runs. */
async function refusedWhileOpen(): Promise<void> {
  const server = lab.start('host-b', 'exec codex app-server');
  const ended = new Promise(resolve => server.once('close', resolve));
  server.stdin?.write(
    `${JSON.stringify({ id: 1, method: 'initialize', params: { clientInfo: { name: 'test', version: '1' } } })}\n`,
  );
  await new Promise(resolve => server.stdout?.once('data', resolve));
  const picture = homePicture(home.folder);
  const refused = type('host-a', 'hosts', 'split', '--yes');
  expect(refused.code).toBe(3);
  expect(refused.out).toMatch(/To be closed before: On host-b: \S*codex\S* \(process \d+\)/);
  expect(refused.err).toContain('Close every Codex on host-b');
  expect(pictureDifferences(picture, homePicture(home.folder))).toEqual([]);
  server.stdin?.end();
  await ended;
}

/** The command line on a host, as somebody types it there. */
const type = (host: string, ...words: readonly string[]) =>
  typedOn(lab, host, inject('programs'), ...words);

function homeOf(host: string): string {
  return path.join(lab.home, '.codex-hosts', host);
}

function idsOf(names: readonly ThreadName[]): readonly string[] {
  return names.map(name => home.ids[name]).sort();
}

function threadsIn(folder: string): readonly string[] {
  const ids = rolloutFiles(folder).map(
    file => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(path.basename(file))?.[0] ?? file,
  );
  return [...new Set(ids)].sort();
}
