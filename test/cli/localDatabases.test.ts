import { describe, expect, test } from 'vitest';
import { home, HOME } from '../support/home.ts';
import { probe, reachedHosts } from '../support/reachedHosts.ts';
import { terminal } from './runCli.ts';

const DISK = '/scratch/ada/codex';
const BASHRC = '/home/ada/.bashrc';

const shared = () =>
  home()
    .thread('t1')
    .thread('t2')
    .file(BASHRC, 'alias l=ls\n')
    .filesystem({ type: 'ext4', isNetwork: false, mountPoint: '/', options: '' });

/** What a shell makes of the lines, once they are there. */
function machine(builder = shared(), answer: string | null = 'y') {
  const place: { files?: ReadonlyMap<string, { readonly bytes: Uint8Array }> } = {};
  const there = reachedHosts({});
  const opened = terminal(builder, {
    answer,
    columns: 200,
    hosts: {
      ...there,
      here: () => {
        const text = new TextDecoder().decode(place.files?.get(BASHRC)?.bytes);
        const sqliteHome = /CODEX_SQLITE_HOME='([^']+)'/.exec(text)?.[1] ?? null;
        const how = { how: 'command', shell: '/bin/bash', home: '/home/ada' } as const;
        const starts = [{ ...how, codexHome: null, sqliteHome }];
        return Promise.resolve({ ok: true, value: probe('workbench', { starts }) });
      },
    },
  });
  place.files = opened.files;
  return opened;
}

describe('hosts local-databases', () => {
  test('shows what it will do, does it, and is taken back', async () => {
    const { type, files } = machine();
    const before = new Map(files);
    const made = await type('hosts', 'local-databases', '--to', DISK, '--no-color');
    expect([made.err, made.code]).toEqual(['', 0]);
    expect(made.out).toContain(`workbench gets its databases in ${DISK}: state_5.sqlite`);
    expect(made.out).toContain('given on workbench are known there alone');
    expect(made.out).toContain(`Lines are put into ${BASHRC}`);
    expect(made.out).toContain(`The databases of workbench are in ${DISK}.`);
    expect(made.out).toContain('What is started here from now on uses them.');
    expect(made.out).toContain('Codex itself was not asked: ');
    expect([files.has(`${DISK}/state_5.sqlite`), files.has(`${HOME}/state_5.sqlite`)]).toEqual([
      true,
      true,
    ]);
    const undone = await type('undo', '--yes');
    expect([undone.err, undone.code]).toEqual(['', 0]);
    for (const [file, { bytes }] of before)
      expect([file, files.get(file)?.bytes]).toEqual([file, bytes]);
    expect(
      [...files.keys()].filter(file => file.startsWith(DISK) && file.endsWith('.sqlite')),
    ).toEqual([]);
  });

  test('--alone: those in the home go into the vault', async () => {
    const { type, files } = machine();
    const made = await type('hosts', 'local-databases', '--to', DISK, '--alone', '--yes');
    expect(made.code).toBe(0);
    expect(made.out).toContain(
      'The databases in the home go into the vault, since you say that no other host has it',
    );
    expect([files.has(`${DISK}/state_5.sqlite`), files.has(`${HOME}/state_5.sqlite`)]).toEqual([
      true,
      false,
    ]);
  });

  test('in JSON, for programs', async () => {
    const { type } = machine();
    const { out } = await type('hosts', 'local-databases', '--to', DISK, '--yes', '--json');
    expect(JSON.parse(out)).toMatchObject({
      made: { home: HOME, host: 'workbench', folder: DISK, isShared: true },
      used: { answer: 'yes', wrong: [], stale: [] },
      failed: [],
    });
  });

  test('nothing is done without a yes, and not when the plan is another one', async () => {
    const declined = machine(shared(), 'n');
    expect((await declined.type('hosts', 'local-databases', '--to', DISK)).code).toBe(3);
    expect(declined.files.has(`${DISK}/state_5.sqlite`)).toBe(false);
    const other = machine();
    const named = ['--plan', '0123456789', '--yes'];
    expect((await other.type('hosts', 'local-databases', '--to', DISK, ...named)).code).toBe(3);
    expect(other.files.has(`${DISK}/state_5.sqlite`)).toBe(false);
  });

  test.each([
    [['hosts', 'local-databases'], 'On which disk of this host?'],
    [['hosts', 'local-databases', 'gpu-1', '--to', DISK], 'On which disk of this host?'],
    [['hosts', '--to', DISK], 'hosts has no option --to'],
    [['hosts', 'add', 'gpu-1', '--alone'], 'hosts add has no option --alone'],
  ])('%j is said not to be understood', async (words, says) => {
    const { code, err } = await machine().type(...words);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });
});
