// `hosts split`, `hosts confirm` and the undo of a split, as somebody types them, on hosts and with a Codex in
// memory. On real hosts with the real Codex: test/hosts/splitCommand.test.ts.

import { describe, expect, test, vi } from 'vitest';
import { displayWidth } from '../../src/cli/text/width.ts';
import type { SeenStart } from '../../src/engine/model/host.ts';
import type { Holder } from '../../src/engine/model/snapshot.ts';
import { readSplitNotes } from '../../src/engine/scan/splitNotes.ts';
import { codexInMemory, EMPTY } from '../support/codexInMemory.ts';
import { home, HOME, idOf, NOW, PROJECT, type HomeBuilder } from '../support/home.ts';
import { keptOn } from '../support/keptHosts.ts';
import type { MemoryFile } from '../support/memoryWorld.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { OWN, SHARED, reachedHosts, type Reached } from '../support/reachedHosts.ts';
import { openEditor } from '../server/editor.ts';
import { terminal, type TypedOptions } from './runCli.ts';

const CODEX = '/opt/codex/codex';
const HOSTS = '/home/ada/.codex-hosts';
const BASHRC = '/home/ada/.bashrc';
const NFS = { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' } as const;

const START: SeenStart = {
  how: 'command',
  shell: '/bin/bash',
  home: '/home/ada',
  codexHome: null,
  sqliteHome: null,
};

/** Threads of two hosts on all kinds of evidence, and of nobody. */
const shared = () =>
  keptOn(
    home()
      .thread('pinned')
      .thread('here')
      .thread('seen')
      .thread('fork', { header: { forked_from_id: idOf('seen') } })
      .thread('inferred', { cwd: '/scratch/x' })
      .thread('nobody')
      .state(EMPTY)
      .file('installation_id', SHARED.installationId ?? '')
      .file(BASHRC, 'alias l=ls\n', NOW - 1000)
      .file(CODEX, 'a program', 0)
      .codex('0.169.0', { path: CODEX, migrations: { 'state_5.sqlite': 62, 'goals_1.sqlite': 1 } }),
    'gpu-1',
    { seen: NOW - 60_000 },
    'id of gpu-1',
  ).kept('hosts/pins.json', {
    threads: { [idOf('pinned')]: 'gpu-1', [idOf('here')]: 'workbench' },
    projects: {},
  });

interface Bench {
  /** What its shells get there; as the start-up file says it, where it is absent. */
  readonly gets?: Readonly<Record<string, string>>;
  /** Who has files open on `gpu-1`, by folders. */
  readonly holders?: Record<string, readonly Holder[]>;
  readonly more?: Record<string, Reached>;
}

/** A cluster of `workbench`, where somebody types, and `gpu-1`; both are asked by what lies on their disk. */
function cluster(
  builder: HomeBuilder = shared(),
  { gets = {}, more = {}, holders = {} }: Bench = {},
  options: TypedOptions = {},
) {
  let files: ReadonlyMap<string, MemoryFile> = new Map();
  const startsOn = (host: string) => ({
    get starts(): readonly SeenStart[] {
      const said = new TextDecoder().decode(files.get(BASHRC)?.bytes);
      const own = new RegExp(`'${host}'\\) CODEX_HOME='([^']+)'`).exec(said)?.[1];
      const codexHome = gets[host] ?? own ?? null;
      const start = { shell: '/bin/bash', home: '/home/ada', codexHome, sqliteHome: null };
      return [
        { how: 'command', ...start },
        { how: 'login', ...start },
      ];
    },
  });
  const gpu: Reached = Object.defineProperties(
    { folders: ['/scratch/x', PROJECT], holders },
    Object.getOwnPropertyDescriptors(startsOn('gpu-1')),
  );
  const hosts = reachedHosts(Object.assign(more, { 'gpu-1': gpu }), startsOn('workbench'));
  const made = terminal(builder, { hosts, codex: codexInMemory, columns: 160, ...options });
  files = made.files;
  const type = async (...args: readonly string[]) => {
    const typed = await made.type(...args, '--no-color');
    return { ...typed, out: made.keyOf(typed.out), err: made.keyOf(typed.err) };
  };
  return { ...made, hosts, type };
}

const answerOf = (out: string) => JSON.parse(out) as Readonly<Record<string, unknown>>;

async function added(...bench: Parameters<typeof cluster>) {
  const made = cluster(...bench);
  await made.type(
    'hosts',
    'add',
    'gpu-1',
    ...Object.keys(bench[1]?.more ?? {}).filter(alias => alias !== 'gpu-1'),
  );
  return made;
}

describe('hosts split', () => {
  test('shows for each host what goes there and on what evidence, what stays and why, and does nothing', async () => {
    const { type, files } = await added();
    const before = pictureOf(files);
    const { code, out, err } = await type('hosts', 'split');
    expect(out).toContain(
      'A plan to split ~/.codex: 2 hosts get a Codex home of their own. 4 threads move there, 2 stay.',
    );
    expect(out).toContain(
      'workbench (this machine)  ~/.codex-hosts/workbench\n  1 thread, pinned by you.',
    );
    expect(out).toContain(
      'gpu-1  ~/.codex-hosts/gpu-1\n  3 threads, 1 pinned by you, 1 seen being written there, 1 that came from one of its threads.',
    );
    expect(out).toContain(
      '1 thread of gpu-1 by traces alone, whose folder is only there (inferred). --inferred takes such threads along.',
    );
    expect(out).toContain(
      '1 thread whose host nothing tells. You can say it: codex-health hosts pin HOST --thread ID',
    );
    expect(out).toContain('Marked lines at the top of ~/.bashrc (bash), ~/.profile (bash)');
    expect([code, err]).toEqual([3, expect.stringContaining('Nobody is there to say yes to it.')]);
    expect(differences(before, pictureOf(files))).toEqual([]);
  });

  test('does it after a yes, and says of each host whether it uses its home', async () => {
    const { type, files } = await added(shared(), {}, { answer: 'y' });
    const { code, out } = await type('hosts', 'split');
    expect(out).toContain('The home is split: 4 threads went to 2 hosts.');
    expect(out).toContain('Every host uses its own home.');
    expect(out).toContain('gpu-1  uses its home: ~/.codex-hosts/gpu-1');
    expect(out).toMatch(
      /To take the split back: codex-health undo \S+ --home \/home\/ada\/\.codex\n/,
    );
    expect(code).toBe(0);
    const moved = [...files.keys()].filter(file => file.startsWith(`${HOSTS}/gpu-1/sessions`));
    expect(moved).toHaveLength(3);
  });

  test('is undone to the byte, after a fresh look at its hosts', async () => {
    const { type, files } = await added();
    const before = pictureOf(files);
    expect(await type('hosts', 'split', '--yes')).toMatchObject({ code: 0, err: '' });
    expect((await type('history')).out).toContain(
      'Split into a Codex home for each host: workbench, gpu-1; threads moved: 4',
    );
    const { code, out } = await type('undo', '--yes');
    expect(out).toMatch(/Undone: the split of \S+ Everything is as it was before\./);
    expect(code).toBe(0);
    expect(differences(before, pictureOf(files))).toEqual([]);
    expect((await type('hosts', 'confirm')).err).toContain('This home was not split');
  });

  test('in JSON it is a plan like the others, with what goes and stays; with --yes what has come of it', async () => {
    const { type, keyOf } = await added();
    const plan = await type('hosts', 'split', '--json');
    expect(plan.code).toBe(0);
    expect(answerOf(plan.out)).toMatchObject({
      schemaVersion: 1,
      home: HOME,
      hosts: [
        {
          host: 'workbench',
          home: `${HOSTS}/workbench`,
          threads: [{ thread: 'here', confidence: 'told' }],
        },
        {
          host: 'gpu-1',
          threads: [
            { thread: 'pinned', confidence: 'told' },
            {
              thread: 'seen',
              confidence: 'seen',
              evidence: ['It was seen being written on gpu-1.'],
            },
            { thread: 'fork', confidence: 'inferred' },
          ],
        },
      ],
      staying: [
        { thread: 'inferred', because: 'inferred', host: 'gpu-1' },
        { thread: 'nobody', because: 'unknown', host: null },
      ],
      needs: ['codex-started', 'codex-stopped'],
      inTheWay: [],
      receipt: null,
      undo: null,
    });
    const { plan: sha } = answerOf(plan.out);
    expect((await type('hosts', 'split', '--yes', '--plan', 'ffffffff')).code).toBe(3);
    const made = await type('hosts', 'split', '--yes', '--json', '--plan', String(sha));
    expect(made.code).toBe(0);
    expect(answerOf(made.out)).toMatchObject({
      plan: sha,
      failed: [],
      split: { home: HOME, hosts: [{ host: 'workbench' }, { host: 'gpu-1' }] },
      homes: [
        { host: 'workbench', strange: [], missing: [] },
        { host: 'gpu-1', missing: [] },
      ],
      took: [
        { host: 'workbench', answer: 'yes' },
        { host: 'gpu-1', answer: 'yes' },
      ],
    });
    expect(keyOf(made.out)).toContain('undo ');
  });

  test('takes along what is only inferred when that is said', async () => {
    const { type } = await added();
    const { out } = await type('hosts', 'split', '--inferred', '--json');
    expect(answerOf(out)).toMatchObject({
      hosts: [{ host: 'workbench' }, { threads: [{}, {}, {}, { thread: 'inferred' }] }],
      staying: [{ thread: 'nobody' }],
    });
  });

  test('copies into homes below another folder when that is said', async () => {
    const { type, files } = await added(shared().file('auth.json', 'a key of nobody'));
    expect((await type('hosts', 'split', '--yes', '--copy', '--to', '/data/homes')).code).toBe(0);
    expect(files.get('/data/homes/gpu-1/auth.json')?.bytes).toEqual(
      new TextEncoder().encode('a key of nobody'),
    );
  });

  test('a host whose shells get another home is named, and the answer is no success', async () => {
    const { type } = await added(shared(), { gets: { 'gpu-1': '/home/ada/elsewhere' } });
    const { code, out } = await type('hosts', 'split', '--yes');
    expect(out).toContain('Not every host was seen to use its own home.');
    expect(out).toContain('gpu-1  does not use its home: ~/.codex-hosts/gpu-1');
    expect(out).toContain('A Codex that is started over ssh (/bin/bash) gets ~/elsewhere');
    expect(out).toContain('codex-health hosts confirm --home /home/ada/.codex asks again');
    expect(code).toBe(1);
  });
});

test.each([48, 80])('no line of it is longer than %i columns', async columns => {
  const holders = { [HOME]: [codexOpen(4242)] };
  const options = { columns, answer: null };
  const shown = await added(shared(), { holders, gets: { 'gpu-1': HOME } }, options);
  const { out: plan } = await shown.type('hosts', 'split', '--full');
  const done = await added(shared(), { gets: { 'gpu-1': HOME } }, options);
  const { out: made } = await done.type('hosts', 'split', '--yes');
  expect(made).toContain('does not use its home');
  const lines = `${plan}\n${made}`.split('\n').filter(line => !line.includes('/'));
  expect(lines.filter(line => displayWidth(line) > columns)).toEqual([]);
});

describe('hosts that are left out', () => {
  const apart = { 'gpu-2': { homes: [{ ...OWN, files: {} }] } };

  test("one with another home is named, and in nobody's way", async () => {
    const { type } = await added(shared(), { more: apart });
    const { code, out } = await type('hosts', 'split', '--yes');
    expect(out).toContain(
      'Left out:\n  gpu-2: it has another home. Their installation ids are not the same.',
    );
    expect(code).toBe(0);
  });

  test('one that does not answer may have the home open: it is split only when the others are named', async () => {
    const { type, files } = await added(shared(), {});
    await type('hosts', 'add', 'attic');
    const before = pictureOf(files);
    const { code, out, err } = await type('hosts', 'split', '--yes');
    expect(out).toContain(
      'attic: it did not answer within 10 seconds. A Codex there may have this home open',
    );
    expect(err).toContain('could not be seen on every host that may use it: attic.');
    expect(err.replaceAll('\n', ' ')).toContain('codex-health hosts split workbench gpu-1');
    expect(code).toBe(3);
    expect(differences(before, pictureOf(files))).toEqual([]);
    expect((await type('hosts', 'split', 'workbench', 'gpu-1', '--yes')).code).toBe(0);
  });

  test('one that was seen before and is silent now is not taken for what it was', async () => {
    const answering: Record<string, Reached> = { 'gpu-2': { starts: [START] } };
    const { type } = await added(shared(), { more: answering });
    expect((await type('hosts', 'split')).out).toContain('3 hosts get a Codex home');
    delete answering['gpu-2'];
    const { err } = await type('hosts', 'split', 'workbench', 'gpu-2', '--yes');
    expect(err.replaceAll('\n', ' ')).toContain(
      'gpu-2 cannot be given a part of this home: it did not answer within 10 seconds.',
    );
  });

  test('one that was seen before with something open and is silent now counts as the person says', async () => {
    const more: Record<string, Reached> = {
      'gpu-2': { starts: [START], holders: { [HOME]: [codexOpen(77)] } },
    };
    const { type } = await added(shared(), { more });
    await type('hosts');
    delete more['gpu-2'];
    expect((await type('hosts', 'split', '--yes')).code).toBe(3);
    const { code, out, err } = await type('hosts', 'split', 'workbench', 'gpu-1', '--yes');
    expect([code, err]).toEqual([0, '']);
    expect(out).not.toContain('process 77');
  });

  test('one that shares the home and keeps it is in the way as long as it has it open', async () => {
    const more = { 'gpu-2': { holders: { [HOME]: [codexOpen(77)] } } };
    const { type } = await added(shared(), { more });
    const { code, out, err } = await type('hosts', 'split', 'workbench', 'gpu-1', '--yes');
    expect(out).toContain('gpu-2: it was not named, and goes on with this home.');
    expect(out).toContain('On gpu-2: codex (process 77) has it open.');
    expect([code, err]).toEqual([3, expect.stringContaining('Whether a Codex on gpu-2')]);
  });

  test('one whose shells could not be seen stays behind with the reason, and is refused where it is named', async () => {
    const { type, files } = await added(shared(), { more: { 'gpu-2': { starts: [] } } });
    const named = await type('hosts', 'split', 'workbench', 'gpu-2', '--yes');
    expect([named.code, named.err]).toEqual([
      3,
      expect.stringContaining('It could not be seen which shell is used on gpu-2'),
    ]);
    expect([...files.keys()].filter(file => file.startsWith(HOSTS))).toEqual([]);
    const all = await type('hosts', 'split', '--yes');
    expect([all.code, all.err]).toEqual([0, '']);
    expect(all.out).toContain('gpu-2: it could not be seen which shell is used there.');
    expect([...files.keys()].some(file => file.startsWith(`${HOSTS}/gpu-1/`))).toBe(true);
    expect([...files.keys()].some(file => file.startsWith(`${HOSTS}/gpu-2/`))).toBe(false);
  });

  test('one that goes silent between the plan and the yes is not taken for closed', async () => {
    const more: Record<string, Reached> = {
      'gpu-2': {
        get homes() {
          delete more['gpu-2'];
          return [{ ...OWN, files: {} }];
        },
      },
    };
    const { type } = await added(shared(), { more }, { answer: 'y' });
    const { code, err } = await type('hosts', 'split');
    expect([code, err]).toEqual([3, expect.stringContaining('that may use it: gpu-2.')]);
  });

  test('where nobody else has the home there is nothing to split', async () => {
    const { type } = cluster(shared().kept('hosts/remembering.json', { remember: false }));
    const { code, err } = await type('hosts', 'split');
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('No other host that answered is known'),
    ]);
  });
});

function codexOpen(pid: number, writesThreads: readonly string[] = []): Holder {
  return { pid, program: 'codex', files: [], deletedFiles: [], terminal: null, writesThreads };
}

describe('programs that have a home open', () => {
  test('are named with their host before anything is asked, and nothing is done while they run', async () => {
    const { type, files } = await added(shared(), { holders: { [HOME]: [codexOpen(4242)] } });
    const before = pictureOf(files);
    const { code, out, err } = await type('hosts', 'split', '--yes');
    expect(out).toContain('To be closed before:\n  On gpu-1: codex (process 4242) has it open.');
    expect(err.replaceAll('\n', ' ')).toContain('Close every Codex on gpu-1');
    expect(code).toBe(3);
    expect(differences(before, pictureOf(files))).toEqual([]);
  });

  test('are waited for; what they wrote goes to their host, as it was shown', async () => {
    let looks = 0;
    let files = new Map<string, MemoryFile>();
    const holders = {
      get [HOME]() {
        looks += 1;
        if (looks <= 2) return [codexOpen(4242, [idOf('nobody')])];
        // Who is closed writes a last time.
        const [file = ''] = [...files.keys()].filter(isOf(`${HOME}/sessions`, 'nobody'));
        const was = files.get(file);
        if (was !== undefined) files.set(file, { ...was, modifiedMs: NOW - 1 });
        return [];
      },
    };
    const made = await added(shared(), { holders });
    const { type } = made;
    files = made.files;
    const { code, out, err } = await type('hosts', 'split', '--yes', '--wait');
    expect(out).toContain('1 being written there now');
    expect(out).toContain('Use --wait, or close them before you say yes here');
    expect(err).toContain('Waiting until these programs are closed:');
    expect(code).toBe(0);
    expect([...files.keys()].some(isOf(`${HOSTS}/gpu-1/sessions`, 'nobody'))).toBe(true);
  });

  test('with a new home open on another host, a split is not undone', async () => {
    const holders: Record<string, readonly Holder[]> = {};
    const { type, files } = await added(shared(), { holders });
    await type('hosts', 'split', '--yes');
    const before = pictureOf(files);
    holders[`${HOSTS}/gpu-1`] = [codexOpen(99)];
    const { code, out, err } = await type('undo', '--yes');
    expect(out).toContain('To be closed before:\n  On gpu-1: codex (process 99) has it open.');
    expect([code, err]).toEqual([3, expect.stringContaining('Whether a Codex on gpu-1')]);
    expect(differences(before, pictureOf(files))).toEqual([]);
  });
});

describe('the undo of a split of which a host never comes back', () => {
  const gone = async () => {
    const more: Record<string, Reached> = {};
    const made = await added(shared(), { more });
    const before = pictureOf(made.files);
    expect((await made.type('hosts', 'split', '--yes')).code).toBe(0);
    delete more['gpu-1'];
    return { ...made, before };
  };

  test('names the way out, and is done when the person says that it is closed there', async () => {
    const { type, files, before } = await gone();
    const after = pictureOf(files);
    const refused = await type('undo', '--yes');
    expect([refused.code, refused.err.replaceAll('\n', ' ')]).toEqual([
      3,
      expect.stringContaining('codex-health undo --closed gpu-1 takes your word'),
    ]);
    const misspelt = await type('undo', '--yes', '--closed', 'gpu-7');
    expect([misspelt.code, misspelt.err]).toEqual([
      2,
      expect.stringContaining('"gpu-7" is none of the hosts of this split: workbench, gpu-1.'),
    ]);
    expect(differences(after, pictureOf(files))).toEqual([]);
    expect((await type('undo', '--yes', '--closed', 'gpu-1')).code).toBe(0);
    expect(differences(before, pictureOf(files))).toEqual([]);
  });

  test('is refused all the same where it answers, with something open', async () => {
    const holders: Record<string, readonly Holder[]> = {};
    const { type, files } = await added(shared(), { holders });
    await type('hosts', 'split', '--yes');
    const after = pictureOf(files);
    holders[`${HOSTS}/gpu-1`] = [codexOpen(99)];
    const { code, err } = await type('undo', '--yes', '--closed', 'gpu-1');
    expect([code, err]).toEqual([3, expect.stringContaining('Whether a Codex on gpu-1')]);
    expect(err).not.toContain('--closed');
    expect(differences(after, pictureOf(files))).toEqual([]);
  });
});

describe('after a split', () => {
  test('it is not made twice, and both ways on are named', async () => {
    const { type } = await added();
    await type('hosts', 'split', '--yes');
    const { code, err } = await type('hosts', 'split', '--yes');
    expect([code, err]).toEqual([3, expect.stringContaining('This home was split on 2026-11-21')]);
    expect(err.replaceAll('\n', ' ')).toContain('codex-health hosts confirm says whether');
  });

  test('confirm asks again, from the old home and from a new one', async () => {
    const gets: Record<string, string> = {};
    const { type } = await added(shared(), { gets });
    await type('hosts', 'split', '--yes');
    const { code, out } = await type('hosts', 'confirm', '--home', `${HOSTS}/gpu-1`);
    expect(out).toContain('Every host uses its own home.');
    expect(code).toBe(0);
    gets['gpu-1'] = HOME;
    const json = await type('hosts', 'confirm', '--json');
    expect(json.code).toBe(1);
    expect(answerOf(json.out)).toMatchObject({
      split: { home: HOME },
      took: [
        { host: 'workbench', answer: 'yes' },
        { host: 'gpu-1', answer: 'no', wrong: [{}, {}] },
      ],
    });
  });

  test('undo says in a new home where the split is written down', async () => {
    const { type } = await added();
    await type('hosts', 'split', '--yes');
    const { code, err } = await type('undo', '--yes', '--home', `${HOSTS}/gpu-1`);
    expect([code, err]).toEqual([
      3,
      expect.stringContaining('It was made by the split of /home/ada/.codex'),
    ]);
    expect(err.replaceAll('\n', ' ')).toMatch(
      /codex-health undo \S+ --home \/home\/ada\/\.codex\./,
    );
  });

  test('on a disk of several machines it can be undone as it was made', async () => {
    const { type, files } = await added(shared().filesystem(NFS));
    const before = pictureOf(files);
    expect((await type('hosts', 'split', '--yes')).code).toBe(0);
    expect((await type('undo', '--yes')).code).toBe(0);
    expect(differences(before, pictureOf(files))).toEqual([]);
  });
});

describe('a split that was stopped when the first start-up file had its lines', () => {
  const NEW = ['--home', `${HOSTS}/gpu-1`];
  const halted = async () => {
    const whole = await added();
    await whole.type('hosts', 'split', '--yes');
    const last = whole.memory.operations.findLastIndex(one => one.includes('/.profile'));
    const made = await added();
    const before = pictureOf(made.files);
    made.memory.stopAfter(last, false);
    await made.type('hosts', 'split', '--yes');
    made.memory.restart();
    expect(new TextDecoder().decode(made.files.get(BASHRC)?.bytes)).toContain('CODEX_HOME');
    return { ...made, before };
  };
  const UNDO = 'codex-health undo --home /home/ada/.codex puts back what was begun.';

  test('is told of where a new home is looked at, with the way out', async () => {
    const { type } = await halted();
    const scanned = await type('scan', ...NEW);
    expect(scanned.out.replaceAll('\n', ' ')).toContain(UNDO);
    expect(scanned.code).toBe(1);
    const { interrupted } = answerOf((await type('scan', '--json', ...NEW)).out);
    expect(interrupted).toMatch(/^\d{8}T/);
    expect((await type('history', ...NEW)).out.replaceAll('\n', ' ')).toContain(UNDO);
    expect(answerOf((await type('history', '--json', ...NEW)).out)['interrupted']).toBe(
      interrupted,
    );
    expect((await type('undo', '--yes', ...NEW)).err.replaceAll('\n', ' ')).toContain(
      '--home /home/ada/.codex.',
    );
    // It was not made: nobody is said to have a home that they do not use.
    expect((await type('hosts', 'confirm')).err).toContain('This home was not split');
  });

  test('is put back from there, and then nothing tells of it any more', async () => {
    const { type, files, world, before } = await halted();
    expect((await readSplitNotes(world.keep)).begun).toHaveLength(1);
    expect((await type('undo', '--yes')).code).toBe(0);
    expect(differences(before, pictureOf(files))).toEqual([]);
    expect(await readSplitNotes(world.keep)).toEqual({ made: [], begun: [] });
    expect((await type('scan', ...NEW)).out).not.toContain('stopped');
    expect((await type('history', ...NEW)).out).not.toContain('stopped');
  });

  test('is told of by an editor that has a new home', async () => {
    const { world, memory } = await halted();
    const editor = await openEditor(world, {
      hands: memory.hands,
      settings: { home: `${HOSTS}/gpu-1` },
    });
    await vi.waitFor(async () => expect((await editor.tree()).interrupted).toMatch(/^\d{8}T/));
    const { stoppedSplit, interrupted, uri } = await editor.ask('codexHealth/history');
    expect([stoppedSplit?.home, interrupted]).toEqual([HOME, null]);
    expect(await editor.text(uri)).toContain('codex-health undo --home /home/ada/.codex');
  });

  test('is left as it is by the history, and put back by the undo that an editor offers', async () => {
    const { type, world, memory, files, hosts, before } = await halted();
    const middle = pictureOf(files);
    expect((await type('history')).out).toContain('was stopped in the middle');
    expect(differences(middle, pictureOf(files))).toEqual([]);
    const editor = await openEditor(
      { ...world, hosts },
      { hands: memory.hands, settings: { home: HOME, hosts: ['gpu-1'] } },
    );
    const { interrupted, uri } = await editor.ask('codexHealth/history');
    expect(interrupted).toMatch(/^\d{8}T/);
    expect(differences(middle, pictureOf(files))).toEqual([]);
    expect(await editor.text(uri)).toContain('To undo it below looks at other hosts first');
    await editor.ask('codexHealth/undo', { receipt: interrupted });
    expect(differences(before, pictureOf(files))).toEqual([]);
  });

  test('is told of where only its undo was stopped', async () => {
    const { type, memory } = await added();
    await type('hosts', 'split', '--yes');
    memory.stopAfter(12, false);
    await type('undo', '--yes');
    memory.restart();
    expect((await type('scan', ...NEW)).out.replaceAll('\n', ' ')).toContain(UNDO);
  });
});

test.each([
  [['confirm', 'gpu-1'], 'it takes no further words'],
  [['confirm', '--copy'], 'hosts confirm has no option --copy'],
  [['split', '--thread', 'x'], 'hosts split has no option --thread'],
])('hosts %j is refused with what to say', async (words, says) => {
  const { type } = await added();
  const { code, err } = await type('hosts', ...words);
  expect([code, err]).toEqual([2, expect.stringContaining(says)]);
});

function isOf(folder: string, key: string): (file: string) => boolean {
  return file => file.startsWith(folder) && file.includes(idOf(key));
}
