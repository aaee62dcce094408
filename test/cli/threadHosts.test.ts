// Whose a thread is, as scripts and people are told it, and as it leaves the machine.

import { expect, test } from 'vitest';
import { threadsJson } from '../../src/cli/render/threadsJson.ts';
import { threadTree } from '../../src/cli/render/threadTree.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { writeRecord } from '../../src/server/record.ts';
import { scanned } from '../support/expect.ts';
import { HOME, home, idOf, NOW, sightOf, type HomeBuilder } from '../support/home.ts';
import { keptOn } from '../support/keptHosts.ts';

const shared = () =>
  keptOn(
    keptOn(home().thread('t1').thread('t2').thread('t3'), 'gpu-1', { t1: NOW, t2: NOW }),
    'gpu-2',
    { t2: NOW - 1000 },
  );

async function told(builder: HomeBuilder) {
  const { report, keyOf } = await scanned(builder);
  const { threads } = threadsJson(report, null);
  return Object.fromEntries(threads.map(({ id, host }) => [keyOf(id), host]));
}

test('a home of one machine is quiet', async () => {
  expect(await told(home().thread('t1'))).toEqual({
    t1: {
      name: 'workbench',
      confidence: 'inferred',
      evidence: 'found in the home of this machine; nothing says that it belongs to another',
    },
  });
});

test('a shared one says what is known of each thread', async () => {
  expect(await told(shared())).toEqual({
    t1: { name: 'gpu-1', confidence: 'seen', evidence: 'It was seen being written on gpu-1.' },
    t2: {
      name: null,
      confidence: 'conflict',
      evidence:
        'It was used on several hosts. It was seen being written on gpu-2. It was seen being written on gpu-1.',
    },
    t3: {
      name: null,
      confidence: 'unknown',
      evidence: 'Several hosts use this home, and nothing tells whose it is.',
    },
  });
});

test('the tree keeps what nobody can tell apart from what is known', async () => {
  const { report } = await scanned(shared());
  const tree = threadTree(report, { project: null, isAll: true });
  expect(tree.map(({ name, threads }) => [name, threads]).sort()).toEqual([
    ['gpu-1', 1],
    ['host unknown', 1],
    ['used on several hosts', 1],
  ]);
});

test('the record says it in one line', async () => {
  const { report } = await scanned(shared());
  const { snapshot } = report;
  const hosts = ['t1', 't2'].map(key => {
    const thread = snapshot.threads.find(({ id }) => id === idOf(key));
    if (thread === undefined) throw new Error(`there is no thread ${key}`);
    const { text } = writeRecord({ thread, snapshot, findings: [], visibility: null });
    return /^host\s.*$/m.exec(text)?.[0].replaceAll(/\s+/g, ' ');
  });
  expect(hosts).toEqual([
    'host gpu-1 (It was seen being written on gpu-1.)',
    'host conflict (It was used on several hosts. It was seen being written on gpu-2. It was seen being written on gpu-1.)',
  ]);
});

test('no host, alias, account or folder of theirs leaves the machine', async () => {
  const secrets = ['secrethost', 'secretalias', 'secretuser', 'secretpin', 'secretfolder'];
  const seen = sightOf('secrethost', {
    alias: 'secretalias',
    machine: { hostname: 'secrethost', machine: 'ab12', system: 'linux', user: 'secretuser' },
    paths: { '/secretfolder/x': 'folder' },
    homes: [
      {
        path: '/secretfolder/.codex',
        installationId: null,
        filesystem: null,
        mounted: 'secrethost:/secretfolder',
        files: {},
      },
    ],
    sharing: { answer: 'yes', because: ['secrethost has it too.'] },
    gaps: [{ what: 'secrethost', why: 'secrethost did not answer' }],
  });
  const { world, sights } = home()
    .thread('t1')
    .sight('secrethost', seen)
    .kept('hosts/pins.json', {
      threads: { [idOf('t1')]: 'secretpin' },
      projects: { '/secretfolder': 'secretpin' },
    })
    .build();
  const engine = createEngine(world);
  const request = { home: HOME, sqliteHome: null, codex: null, full: false, hosts: sights };
  const report = await engine.scan(request);
  const text = JSON.stringify(engine.redact(report));
  for (const secret of secrets) {
    expect(JSON.stringify(report)).toContain(secret);
    expect(text).not.toContain(secret);
  }
  expect(text).toContain('This thread belongs to «host ');
  expect(text).toContain(' has it too.');
});
