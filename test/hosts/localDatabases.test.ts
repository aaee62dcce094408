// Databases on a disk of each host, as an administrator makes them: the built command line on two hosts with one
// home that the real Codex has made, over real ssh. Both choose the same path, which is another folder on each.

import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { askAll } from '../support/codex/askAll.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { furnish } from '../support/codex/furnish.ts';
import { homePicture, pictureDifferences, timesOf } from '../support/codex/homePicture.ts';
import { copyHome, makeHome, type CodexHome } from '../support/codex/makeHome.ts';
import { canHaveHosts, NEEDS_HOSTS, startLab, type Lab } from '../support/hosts/lab.ts';
import { typedOn } from '../support/hosts/onHosts.ts';

const VERSION = '0.169.0';
const BASHRC = 'case $- in *i*) ;; *) return;; esac\nalias l=ls\n';
const HOSTS = ['host-a', 'host-b'] as const;

const isPossible = canHaveHosts();
let lab: Lab;
let home: CodexHome;
let disk: string;

beforeAll(async () => {
  if (!isPossible) return;
  // In a home below the folder for temporary files Codex makes nothing of its own accord.
  lab = await startLab(HOSTS.map(name => ({ name, environment: { TMPDIR: '/run' } })));
  disk = path.join(lab.privatePlace, 'databases');
  const codex = await installCodex(VERSION);
  fs.symlinkSync(codex, path.join(lab.folder, 'bin', 'codex'));
  home = copyHome(await makeHome(VERSION, 'paginated'), path.join(lab.home, '.codex'));
  await furnish(codex, home);
  // Somebody has looked before: what lists correct by themselves is corrected.
  await askAll(codex, home);
  fs.writeFileSync(path.join(lab.home, '.bashrc'), BASHRC);
});
afterAll(() => (isPossible ? lab.close() : undefined));
beforeEach(context => context.skip(!isPossible, NEEDS_HOSTS));

test('each host gets its own, sees what it saw, and takes back its own alone', async () => {
  const picture = homePicture(home.folder);
  const times = timesOf(home);
  const before = await threadsOn('host-a');
  expect(before[home.ids.A]).toMatchObject({ name: 'An “alpha” name' });

  const first = make('host-a');
  expect(databasesOf('host-a')).toContain('state_5.sqlite');
  expect([told('host-a'), told('host-b'), databasesOf('host-b')]).toEqual([disk, '', []]);
  expect(await threadsOn('host-a')).toEqual(before);
  expect(await threadsOn('host-b')).toEqual(before);
  const second = make('host-b');
  expect([told('host-a'), told('host-b')]).toEqual([disk, disk]);
  expect(await threadsOn('host-b')).toEqual(before);

  // A name that is given on one of them is known there alone; the conversation is the same one.
  await ask('host-a', 'thread/name/set', { threadId: home.ids.B, name: 'Given on a' });
  expect((await threadsOn('host-a'))[home.ids.B]).toMatchObject({ name: 'Given on a' });
  expect(await threadsOn('host-b')).toEqual(before);

  const elsewhere = type('host-b', 'undo', first, '--yes');
  expect([elsewhere.code, elsewhere.err]).toEqual([
    3,
    expect.stringContaining('Undo that repair on host-a.'),
  ]);
  expect(told('host-a')).toBe(disk);
  const used = type('host-a', 'undo', first, '--yes');
  expect(used.out).toContain(`${disk}/state_5.sqlite: what was entered there since`);
  expect([told('host-a'), told('host-b')]).toEqual(['', disk]);
  expect(databasesOf('host-a')).toEqual(['state_5.sqlite']);
  expect(type('host-b', 'undo', second, '--yes')).toMatchObject({ code: 0, err: '' });
  expect([told('host-b'), databasesOf('host-b')]).toEqual(['', []]);

  expect(fs.readFileSync(path.join(lab.home, '.bashrc'), 'utf8')).toBe(BASHRC);
  // Codex notes each name in the home as well.
  const differences = pictureDifferences(picture, homePicture(home.folder));
  expect(differences).toEqual(['session_index.jsonl']);
  expect(timesOf(home)).toEqual(times);
  expect(await threadsOn('host-a')).toEqual(before);
}, 240_000);

/** The receipt of it. */
function make(host: string): string {
  const made = type(host, 'hosts', 'local-databases', '--to', disk, '--yes');
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toContain(`The databases of ${host} are in ${disk}.`);
  expect(made.out).toContain('What is started here from now on uses them.');
  expect(made.out).toMatch(/Codex 0\.169\.0 was started with them and lists \d+ threads/);
  return /undo (\S+)/.exec(made.out)?.[1] ?? '';
}

/** What a plain command over ssh gets there. */
function told(host: string): string {
  return lab.run(host, 'echo "$CODEX_SQLITE_HOME"').trim();
}

function databasesOf(host: string): readonly string[] {
  const folder = path.join(lab.privateOf(host), 'databases');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names.filter(name => name.endsWith('.sqlite'));
}

/** What a Codex lists from its database that is started by a plain command over ssh. */
async function threadsOn(host: string): Promise<Readonly<Record<string, unknown>>> {
  const list = { limit: 100, useStateDbOnly: true, modelProviders: [] };
  const found: Record<string, unknown> = {};
  for (const archived of [false, true]) {
    const { data } = (await ask(host, 'thread/list', { ...list, archived })) as {
      readonly data: readonly { readonly id: string }[];
    };
    for (const thread of data) found[thread.id] = { archived, ...thread };
  }
  return found;
}

async function ask(host: string, method: string, params: object): Promise<unknown> {
  const server = lab.start(host, 'exec codex app-server');
  const ended = new Promise(resolve => server.once('close', resolve));
  const clientInfo = { name: 'test', version: '1' };
  const capabilities = { experimentalApi: true };
  const lines = [
    { id: 1, method: 'initialize', params: { clientInfo, capabilities } },
    { id: 2, method, params },
  ];
  for (const line of lines) server.stdin?.write(`${JSON.stringify(line)}\n`);
  if (server.stdout === null) throw new Error('nobody listens');
  try {
    for await (const line of readline.createInterface({ input: server.stdout })) {
      const answer = JSON.parse(line) as { readonly id?: number; readonly result?: unknown };
      if (answer.id !== 2) continue;
      if (answer.result === undefined) throw new Error(line);
      return answer.result;
    }
    throw new Error(`no answer to ${method} on ${host}`);
  } finally {
    server.stdin?.end();
    await ended;
  }
}

/** The command line on a host, as somebody types it there. */
const type = (host: string, ...words: readonly string[]) =>
  typedOn(lab, host, inject('programs'), ...words);
