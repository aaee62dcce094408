// plan, apply, undo, history and save, as somebody types them.

import { describe, expect, test } from 'vitest';
import { home, HOME, idOf } from '../support/home.ts';
import { differences, pictureOf } from '../support/pictures.ts';
import { LONG_AGO, recordedDatabase } from '../support/recordedDatabase.ts';
import { rolloutPath } from '../support/rolloutPath.ts';
import { terminal, type TypedOptions } from './runCli.ts';

const stale = () =>
  home()
    .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
    .thread('t2');

function sick(options: TypedOptions = {}) {
  const machine = terminal(stale(), options);
  return { ...machine, picture: () => pictureOf(machine.files) };
}

describe('plan', () => {
  test('says what would be done, what it needs and how to do it, and changes nothing', async () => {
    const { type, picture, memory } = sick();
    const before = picture();
    const { code, out } = await type('plan');
    expect(code).toBe(0);
    expect(out).toContain('1 repair. Nothing is lost, and all of it can be undone.');
    expect(out).toContain('Codex may stay open.');
    expect(out).toContain('codex-health apply --all');
    expect(memory.operations).toEqual([]);
    expect(picture()).toEqual(before);
  });

  test('in JSON it names every row that is touched', async () => {
    const { out } = await sick().type('plan', '--json');
    const plan = JSON.parse(out) as Record<string, unknown>;
    expect(plan).toMatchObject({
      schemaVersion: 1,
      findings: [`thread-path-stale:${idOf('t1')}`],
      steps: [{ kind: 'rows', loses: 'nothing', touches: [expect.stringContaining(idOf('t1'))] }],
      refused: [],
      needs: [],
    });
    expect(plan['plan']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('of a healthy home there is nothing to plan', async () => {
    const { code, out } = await terminal(home().thread('t1')).type('plan');
    expect([code, out.split('\n')[0]]).toEqual([0, 'There is nothing to repair.']);
  });

  test('what nobody can repair is named, with what can be done', async () => {
    const { type } = terminal(home().thread('t1').config('[broken'));
    const { code, out } = await type('plan', 'config-unreadable');
    expect(code).toBe(1);
    expect(out).toContain('Nothing of this can be repaired as it stands.');
    expect(out).toContain('codex-health explain config-unreadable');
  });
});

describe('what has to be chosen', () => {
  const headless = () => terminal(home().thread('t1').state('DROP TABLE threads'));
  const choose = `codex-health plan --check schema-object-missing --home ${HOME}`;

  test('is offered by a scan, and by a plan that has nothing else', async () => {
    expect((await headless().type('scan')).out).toContain(choose);
    for (const command of [['plan'], ['apply', '--all', '--yes']]) {
      const { out } = await headless().type(...command);
      expect(out).toContain('Nothing of what was found is repaired without a choice of yours.\n');
      expect(out).toContain(`\n  ${choose}\n`);
    }
  });

  test('is named below a plan for the rest', async () => {
    const { type } = terminal(stale().thread('t3', { file: false }));
    const { out } = await type('plan');
    expect(out).toContain('1 repair. Nothing is lost');
    expect(out).toContain(`  codex-health plan --check thread-file-missing --home ${HOME}\n`);
    expect((await type('plan', '--check', 'thread-path-stale')).out).not.toContain('choose');
  });

  test('is not offered where it is chosen already, or where nothing is wrong', async () => {
    for (const machine of [headless(), terminal(home().thread('t1'))]) {
      const { out } = await machine.type('plan', '--check', 'schema-object-missing');
      expect(out).not.toContain('when you choose it');
    }
  });

  test('where no repair is known, that is not taken for health', async () => {
    const { out } = await terminal(home().thread('t1').config('[broken')).type('plan');
    expect(out).toContain('No safe repair is known of what was found.');
  });
});

test('what is typed next is for the same Codex', async () => {
  const { type } = sick();
  const { out } = await type('plan', '--codex', '/opt/codex');
  expect(out).toContain(`codex-health apply --all --home ${HOME} --codex /opt/codex`);
});

describe('findings that are misspelt', () => {
  const two = () => terminal(stale().thread('t3', { row: { rollout_path: '/old/other.jsonl' } }));

  test('a check in the place of a finding: all that it finds, or one of them', async () => {
    const { code, err } = await two().type('plan', 'thread-path-stale');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/take all of\s+them\s+with\s+--check\s+thread-path-stale\./),
    ]);
    expect((await two().type('accept', 'thread-path-stale')).err).not.toContain('--check');
  });

  test('one whose check is nearly there', async () => {
    const { err } = await two().type('plan', `thread-path-stael:${idOf('t1')}`);
    expect(err).toContain('Did you mean thread-path-stale?');
    expect((await two().type('plan', 'thread-path-stale:zz')).err).toContain('scan --json');
  });
});

describe('a directory that is gone', () => {
  const gone = `thread-cwd-missing:${idOf('t1')}`;
  const moved = () =>
    home()
      .thread('t1', { cwd: '/home/ada/work/gone' })
      .thread('t2', { cwd: '/home/ada/work/gone/inner' })
      .folder('/home/ada/archive/gone/inner')
      .folder('/home/ada/work/my gone/inner');
  const words = (text: string) => text.replaceAll(/\s+/g, ' ');

  test('what may have taken its place is named, with the evidence and how to choose', async () => {
    const { type, memory } = terminal(moved());
    const { code, out } = await type('plan', gone);
    expect(code).toBe(1);
    expect(words(out)).toContain(
      `${gone}: it is not certain what has taken the place of its directory: /home/ada/archive/gone (the same name). Choose one: codex-health apply ${gone} --to DIR`,
    );
    expect(memory.operations).toEqual([]);
  });

  test('and the command is for the home that was looked at', async () => {
    const { type } = terminal(moved());
    expect(words((await type('plan', gone)).out)).toContain(`--to DIR --home ${HOME}`);
  });

  test('the plan for one that was chosen says what to type to do it', async () => {
    const { type } = terminal(moved());
    const { code, out } = await type('plan', gone, '--to', '~/work/my gone');
    expect(code).toBe(0);
    expect(words(out)).toContain('in /home/ada/work/my gone instead of /home/ada/work/gone.');
    expect(out).toContain(`codex-health apply ${gone} --to '/home/ada/work/my gone' --home`);
  });

  test('a whole project is moved at once, and put back', async () => {
    const { type, files } = terminal(moved());
    const before = pictureOf(files);
    const check = ['--check', 'thread-cwd-missing'] as const;
    const { code } = await type('apply', ...check, '--to', 'archive/gone', '--yes');
    expect(code).toBe(0);
    const { out } = await type('threads', '--json');
    const { threads } = JSON.parse(out) as { threads: readonly { cwd: string }[] };
    expect(threads.map(({ cwd }) => cwd)).toEqual([
      '/home/ada/archive/gone',
      '/home/ada/archive/gone/inner',
    ]);
    expect((await type('undo', '--yes')).code).toBe(0);
    expect(differences(pictureOf(files), before)).toEqual([]);
  });

  test('one that is not there is refused', async () => {
    const { type, memory } = terminal(moved());
    const { code, out } = await type('apply', gone, '--to', '/nowhere', '--yes');
    expect([code, memory.operations]).toEqual([1, []]);
    expect(words(out)).toContain('there is no directory /nowhere.');
  });

  test('no directory can be named for everything', async () => {
    for (const command of [['plan'], ['plan', '--all'], ['apply', '--all', '--yes']]) {
      const { code, err } = await terminal(moved()).type(...command, '--to', '/home/ada');
      expect([code, err]).toEqual([2, expect.stringContaining('--to DIR is for findings')]);
    }
  });
});

describe('apply', () => {
  test('in JSON it has the same words where nothing was to be done', async () => {
    const well = await terminal(home().thread('t1')).type('apply', '--all', '--yes', '--json');
    const repaired = await sick().type('apply', '--all', '--yes', '--json');
    const [none, some] = [well, repaired].map(({ out }) => JSON.parse(out) as object);
    expect(Object.keys(none ?? {}).sort()).toEqual(Object.keys(some ?? {}).sort());
  });

  test('asks, repairs, looks again and says how to undo it; undo puts everything back', async () => {
    const { type, picture } = sick({ answer: 'yes' });
    const before = picture();
    const applied = await type('apply', '--all');
    expect(applied.code).toBe(0);
    expect(applied.out).toContain('Repaired: 1 finding, and seen to be healed.');
    expect((await type('scan')).code).toBe(0);
    const receipt = /codex-health undo (\d\S+)/.exec(applied.out)?.[1] ?? '';
    const undone = await type('undo', '--yes', receipt);
    expect(undone.out).toContain('Everything is as it was before.');
    expect(differences(picture(), before)).toEqual([]);
    expect((await type('scan')).code).toBe(1);
  });

  test('without a yes nothing happens', async () => {
    for (const answer of ['', 'n', 'nope']) {
      const { type, memory } = sick({ answer });
      const { code, err } = await type('apply', '--all');
      expect([code, err]).toEqual([3, expect.stringContaining('Nothing was changed.')]);
      expect(memory.operations).toEqual([]);
    }
  });

  test('where nobody can be asked it wants --yes', async () => {
    const { type, memory } = sick();
    const { code, err } = await type('apply', '--all');
    expect([code, err]).toEqual([3, expect.stringContaining('with --yes')]);
    expect(memory.operations).toEqual([]);
  });

  test('what shall be repaired has to be said', async () => {
    expect((await sick().type('apply', '--yes')).code).toBe(2);
    expect((await sick().type('apply', '--all', '--check', 'thread-path-stale')).code).toBe(2);
  });

  test('with --plan only that plan is carried out', async () => {
    const { type } = sick();
    const { plan } = JSON.parse((await type('plan', '--json')).out) as { plan: string };
    const other = await type('apply', '--all', '--yes', '--plan', '0'.repeat(64));
    expect([other.code, other.err]).toEqual([3, expect.stringContaining(plan)]);
    expect((await type('apply', '--all', '--yes', '--plan', plan)).code).toBe(0);
  });

  test('a finding can be named by the beginning of its id', async () => {
    const { code, out } = await sick().type('apply', 'thread-path', '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      applied: 1,
      failed: [],
      healed: [`thread-path-stale:${idOf('t1')}`],
      remaining: [],
    });
  });

  test('whoever has the files open is named, and nothing is changed', async () => {
    const held = home()
      .thread('t1', { text: text => `x\n${text}` })
      .holder({ pid: 4711, terminal: 'pts/3' });
    const { type, memory } = terminal(held);
    const { code, err } = await type('apply', '--all', '--yes');
    expect(code).toBe(3);
    expect(err.replaceAll('\n', ' ')).toContain('codex (process 4711 in terminal pts/3)');
    expect(memory.operations.filter(line => !line.includes('session-health'))).toEqual([]);
  });

  test('a vault among the conversations is refused before anything is there', async () => {
    const { type, picture } = sick();
    const before = picture();
    const { code, err } = await type('apply', '--all', '--yes', '--vault', `${HOME}/sessions/old`);
    expect([code, err.replaceAll('\n', ' ')]).toEqual([
      3,
      expect.stringContaining('among the conversations'),
    ]);
    expect(picture()).toEqual(before);
  });

  test('a vault elsewhere leaves no backup and no note in the home', async () => {
    const { type, files } = sick();
    await type('apply', '--all', '--yes', '--vault', '/mnt/vault');
    const kept = [...files.keys()].filter(file => file.endsWith('plan.json'));
    expect(kept).toEqual([expect.stringMatching(/^\/mnt\/vault\//)]);
    expect((await type('undo', '--yes', '--vault', '/mnt/vault')).code).toBe(0);
    expect([...files.keys()].filter(file => file.includes('session-health'))).toEqual([]);
  });

  test('what was hidden behind the defect is named', async () => {
    const { out } = await terminal(
      home().thread('t1', {
        row: { model_provider: 'other' },
        text: text => `\ufeff${text}`,
      }),
    ).type('apply', '--all', '--yes');
    expect(out).toContain('Found now, which could not be seen before');
    expect(out).toContain(`thread-provider-mismatch:${idOf('t1')}`);
  });
});

describe('history and undo', () => {
  test('of a home that was never repaired', async () => {
    const { type, memory } = sick();
    expect((await type('history')).out).toBe('No repair of this home is in the vault.\n');
    const { code, err } = await type('undo', '--yes');
    expect([code, err]).toEqual([3, expect.stringContaining('nothing is written down')]);
    expect(memory.operations).toEqual([]);
  });

  test('says what was done, and what became of it', async () => {
    const { type } = sick();
    await type('apply', '--all', '--yes');
    expect((await type('history')).out).toContain('1 repair, can be undone');
    await type('undo', '--yes');
    const { out } = await type('history', '--json');
    expect(JSON.parse(out)).toMatchObject({
      interrupted: null,
      receipts: [{ applied: 1, undone: true, undoable: false }],
    });
    const again = await type('undo', '--yes');
    expect(again.code).toBe(3);
  });

  test.each([
    ['n', 3, 'Nothing was changed.'],
    [null, 3, 'Nobody is there to say yes'],
    ['y', 0, 'Everything is as it was before.'],
  ])('undo shows what it puts back, and asks: %s', async (answer, code, said) => {
    const { type, picture } = sick({ answer });
    const before = picture();
    await type('apply', '--all', '--yes');
    const after = picture();
    const { out, err, ...undone } = await type('undo');
    expect(out).toMatch(/^This is undone: 20\S+, of 2026-11-21 12:00:00 UTC\.\n {2}\S/);
    expect([undone.code, `${out}${err}`]).toEqual([code, expect.stringContaining(said)]);
    expect(differences(picture(), code === 0 ? before : after)).toEqual([]);
  });

  test('undo says of a repair that was stopped in the middle that it was', async () => {
    const { type, memory } = sick();
    await type('apply', '--all', '--yes');
    memory.stopAfter(2, false);
    expect((await type('undo', '--yes')).code).not.toBe(0);
    memory.restart();
    const { code, out } = await type('undo', '--yes');
    expect([code, out.replaceAll('\n', ' ')]).toEqual([
      0,
      expect.stringMatching(/^This was stopped in the middle, and what was begun is put back: 20/),
    ]);
  });

  test('a repair that was stopped in the middle is taken back by it', async () => {
    const { type, memory, picture } = sick();
    const before = picture();
    // The lock, the journal, the plan, what is begun: then the row, then the power goes.
    memory.stopAfter(5, false);
    expect((await type('apply', '--all', '--yes')).code).toBe(4);
    memory.restart();
    const scanned = await type('scan');
    expect(scanned.code).toBe(1);
    expect(scanned.out.replaceAll('\n', ' ')).toContain('A repair was stopped in the middle');
    const { out } = await type('history', '--json');
    expect(JSON.parse(out)).toMatchObject({ interrupted: null, receipts: [{ undone: true }] });
    expect(differences(picture(), before)).toEqual([]);
  });
});

test('a repair is not taken back while its conversation is being written', async () => {
  const { type, world, files, memory } = terminal(
    home()
      .config(
        'model_provider = "mock"\n[model_providers.mock]\nname = "M"\n[model_providers.other]\nname = "O"\n',
      )
      .thread('t1'),
  );
  expect((await type('provider', 'move', '--from', 'mock', '--to', 'other', '--yes')).code).toBe(0);
  const moved = pictureOf(files);
  const writer = { pid: 4711, program: 'codex', terminal: null, files: [], deletedFiles: [] };
  let writesThreads = [idOf('t1')];
  world.processes.holders = () =>
    Promise.resolve({
      ok: true,
      value: { holders: [{ ...writer, writesThreads }], unreadable: [] },
    });
  const done = memory.operations.length;
  const refused = await type('undo', '--yes');
  expect([refused.code, refused.err.replaceAll('\n', ' ')]).toEqual([
    3,
    expect.stringContaining('codex (process 4711) has a conversation open for writing'),
  ]);
  expect(memory.operations.slice(done)).toEqual([]);
  expect(pictureOf(files)).toEqual(moved);
  // Somebody who writes another thread is in nobody's way.
  writesThreads = [idOf('t2')];
  expect((await type('undo', '--yes')).code).toBe(0);
});

describe('--wait', () => {
  test('names who holds the files, waits, and goes on when they are free', async () => {
    const { world, type } = heldHome();
    const { code, err, out } = await type('apply', '--all', '--yes', '--wait');
    expect(code).toBe(0);
    expect(err.replaceAll('\n', ' ')).toContain(
      'codex (process 4711, in terminal pts/3): end it there',
    );
    expect(out).toContain('seen to be healed');
    expect(world.asked()).toBeGreaterThan(2);
  });

  test('without it, it is refused at once', async () => {
    expect((await heldHome().type('apply', '--all', '--yes')).code).toBe(3);
  });
});

/** Somebody has the home open, until they were asked about three times. */
function heldHome() {
  const machine = terminal(home().thread('t1', { text: text => `x\n${text}` }));
  let asked = 0;
  const holder = {
    ...{ pid: 4711, program: 'codex', terminal: 'pts/3' },
    ...{ files: [], deletedFiles: [], writesThreads: [] },
  };
  machine.world.processes.holders = () => {
    asked += 1;
    const holders = asked > 3 ? [] : [holder];
    return Promise.resolve({ ok: true, value: { holders, unreadable: [] } });
  };
  return { ...machine, world: { asked: () => asked } };
}

describe('save', () => {
  test('copies rows, names and settings, and neither conversations nor logins', async () => {
    const { type, files } = terminal(
      home().thread('t1').name('t1', 'My name').file('auth.json', '{"token":"secret"}'),
    );
    const { code } = await type('save', '/mnt/copy');
    expect(code).toBe(0);
    const copied = [...files.keys()].filter(file => file.startsWith('/mnt/copy/')).sort();
    expect(copied).toEqual(
      ['config.toml', 'session_index.jsonl', 'state_5.sqlite', 'threads.json'].map(
        name => `/mnt/copy/${name}`,
      ),
    );
    const list = Buffer.from(files.get('/mnt/copy/threads.json')?.bytes ?? []).toString();
    expect(JSON.parse(list)).toMatchObject([
      { id: idOf('t1'), name: 'My name', file: rolloutPath('t1') },
    ]);
  });

  test('not into the home, and not over anything', async () => {
    const { type, memory } = terminal(home().thread('t1').file('/mnt/copy/other', 'x'));
    expect((await type('save', `${HOME}/copy`)).code).toBe(3);
    expect((await type('save', '/mnt/copy')).code).toBe(3);
    expect(memory.operations).toEqual([]);
  });
});

describe('two state databases', () => {
  const both = () =>
    home()
      .config(
        'model_provider = "mock"\n[model_providers.mock]\nname = "M"\n[model_providers.other]\nname = "O"\n',
      )
      .thread('t1', { row: { rollout_path: '/old/rollout.jsonl' } })
      .thread('t2', { provider: 'other' })
      .file('sqlite/state_5.sqlite', recordedDatabase('0.169.0', 'state_5.sqlite'), LONG_AGO);

  test.each([
    ['apply', '--all'],
    ['apply', '--check', 'provider-hides-threads', '--cure', 'set-provider'],
    ['provider', 'move', '--from', 'mock', '--to', 'other'],
    ['undo'],
  ])('everything that writes refuses until one is chosen: %s %s %s', async (...args) => {
    const { type, memory } = terminal(both());
    const { code, err } = await type(...args, '--yes');
    expect([code, err.replaceAll('\n', ' ')]).toEqual([
      3,
      expect.stringContaining('--sqlite-home'),
    ]);
    expect(memory.operations).toEqual([]);
  });

  test('and goes on with the chosen one', async () => {
    const { type } = terminal(both());
    const { code, out } = await type('apply', '--all', '--yes', '--sqlite-home', HOME);
    expect([code, out]).toEqual([0, expect.stringContaining('seen to be healed')]);
    expect((await type('undo', '--yes', '--sqlite-home', HOME)).code).toBe(0);
  });
});
