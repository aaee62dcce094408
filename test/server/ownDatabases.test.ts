// A host is given databases on a disk of its own from the editor: who else has the home, the plan as a page, what came
// of it, whether they are used, and the way back.

import { afterEach, expect, test } from 'vitest';
import type { World } from '../../src/engine/world.ts';
import type { DatabasesWished } from '../../src/protocol/repairs.ts';
import { home, HOME, type HomeBuilder } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { probe, reachedHosts } from '../support/reachedHosts.ts';
import { openEditor, type Editor } from './editor.ts';
import { offersOn } from './openToChange.ts';

const DISK = '/scratch/ada/codex-databases';
const BASHRC = '/home/ada/.bashrc';

let editor: Editor;
afterEach(() => editor.close());

const onDisk = () =>
  home()
    .thread('t1')
    .thread('t2')
    .file(BASHRC, 'alias l=ls\n')
    .filesystem({ type: 'ext4', isNetwork: false, mountPoint: '/', options: '' });

/** `readsLines` false: the shell here has another start-up file in mind. */
async function open(builder: HomeBuilder = onDisk(), { readsLines = true } = {}) {
  const { world, files } = builder.build();
  const hosts: World['hosts'] = {
    ...reachedHosts({ 'gpu-1': {} }),
    here: () => {
      const text = new TextDecoder().decode(files.get(BASHRC)?.bytes);
      const sqliteHome = readsLines
        ? (/CODEX_SQLITE_HOME='([^']+)'/.exec(text)?.[1] ?? null)
        : null;
      const how = { how: 'command', shell: '/bin/bash', home: '/home/ada' } as const;
      const starts = [{ ...how, codexHome: null, sqliteHome }];
      return Promise.resolve({ ok: true, value: probe('workbench', { starts }) });
    },
  };
  const { hands } = createMemoryHands(files);
  editor = await openEditor(
    { ...world, hosts },
    { hands, settings: { home: HOME, hosts: ['gpu-1'] } },
  );
  return files;
}

const wish: DatabasesWished = {
  ...{ kind: 'databases', folder: DISK, old: 'stay', shells: ['/bin/bash'] },
};

async function keep(old: DatabasesWished['old'] = 'stay') {
  const wished = { ...wish, old };
  const { sha } = await editor.ask('codexHealth/plan', { wish: wished });
  return editor.ask('codexHealth/apply', { wish: wished, sha, waits: false });
}

const CHOICES = { host: 'workbench', shells: ['/bin/bash'], others: [] };

test('its shells are named, and nobody else where nobody is known to have the home', async () => {
  await open();
  expect(await editor.ask('codexHealth/databaseChoices')).toEqual(CHOICES);
});

test('who else is known to have the home is named', async () => {
  await open(
    onDisk()
      .kept('hosts/pins.json', { threads: {}, projects: {} })
      .file('installation_id', probe('x').homes[0]?.installationId ?? ''),
  );
  await editor.ask('codexHealth/refresh');
  await expect
    .poll(() => editor.ask('codexHealth/databaseChoices'))
    .toEqual({ ...CHOICES, others: ['gpu-1'] });
});

test('its plan is a page that says what it costs, and a new window makes it again', async () => {
  await open();
  const shown = await editor.ask('codexHealth/plan', { wish });
  expect([shown.repairs, shown.needs]).toEqual([2, ['codex-stopped']]);
  const text = await editor.text(shown.uri);
  expect(text).toContain('Codex plan: Databases on a disk of this host');
  expect(text).toContain(`workbench gets its databases in ${DISK}`);
  expect(text).toContain('are known there alone');
  expect(text).toContain(BASHRC);
  expect(await editor.ask('codexHealth/wishAt', { uri: shown.uri })).toEqual(wish);
});

test('they are copied and used, the page of the plan leads to it, and it is undone', async () => {
  const files = await open();
  const before = pictureOf(files);
  const { uri } = await editor.ask('codexHealth/plan', { wish });
  const done = await keep();
  expect(done).toMatchObject({ failed: [], healed: [], confirmed: { missing: [] } });
  expect(done.used).toEqual({
    answer: 'yes',
    says: 'What is started here from now on uses them.',
  });
  expect([`${DISK}/state_5.sqlite`, `${HOME}/state_5.sqlite`].map(one => files.has(one))).toEqual([
    true,
    true,
  ]);
  expect(await offersOn(editor, uri)).toContainEqual([
    expect.any(String),
    'codexHealth.undoRepair',
    done.receipt,
  ]);
  const { left } = await editor.ask('codexHealth/undo', { receipt: done.receipt });
  expect(left).toEqual([]);
  expect(differences(before, pictureOf(files))).toEqual([]);
});

test('where no other host has the home, those in it go into the backup, and come back', async () => {
  const files = await open();
  const before = pictureOf(files);
  const { receipt } = await keep('go');
  expect(files.has(`${HOME}/state_5.sqlite`)).toBe(false);
  expect((await editor.ask('codexHealth/undo', { receipt })).left).toEqual([]);
  expect(differences(before, pictureOf(files))).toEqual([]);
});

test('that they are not used is said, with who does not use them', async () => {
  await open(onDisk(), { readsLines: false });
  expect((await keep()).used).toEqual({
    answer: 'no',
    says: 'They are not used everywhere yet: a command over ssh (/bin/bash) gets those in the home.',
  });
});

test('databases on a network offer it as a quick fix', async () => {
  const type = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' };
  await open(onDisk().filesystem(type));
  const { hosts } = await editor.tree();
  const offers = await offersOn(editor, hosts[0]?.uri ?? '');
  expect(offers.map(([, command]) => command)).toContain('codexHealth.keepDatabasesLocal');
});

test('a folder that is no better is refused, with what to choose', async () => {
  const type = { type: 'nfs4', isNetwork: true, mountPoint: '/', options: 'rw' };
  await open(onDisk().filesystem(type));
  await expect(editor.ask('codexHealth/plan', { wish })).rejects.toMatchObject({
    message: expect.stringContaining('which is no disk of this machine alone') as string,
    data: { refusal: 'not-a-local-disk' },
  });
});

test.each([[{ folder: '' }], [{ old: 'copy' }], [{ shells: [] }]])(
  'what makes no sense as such a wish is refused: %j',
  async nonsense => {
    await open();
    const asked = editor.send('codexHealth/plan', { wish: { ...wish, ...nonsense } });
    await expect(asked).rejects.toThrow('not understood');
  },
);
