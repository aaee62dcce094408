import { describe, expect, test } from 'vitest';
import { home, HOME, idOf, PROJECT } from '../support/home.ts';
import { reachedHosts, type Reached } from '../support/reachedHosts.ts';
import { terminal } from './runCli.ts';

const sample = () => home().thread('t1').thread('t2');

const codex = (version: string) => ({ path: '/usr/local/bin/codex', version });
const HERE = { codexes: [codex('0.169.0')] };
const reached = (hosts: Readonly<Record<string, Reached>>, connected: string[] = []) =>
  reachedHosts(hosts, HERE, connected);

describe('hosts', () => {
  test('connects to nobody who was not added, and says who could be', async () => {
    const connected: string[] = [];
    const { type } = terminal(sample(), { hosts: reached({ 'gpu-1': {} }, connected) });
    const { code, out } = await type('hosts');
    expect(code).toBe(0);
    expect(out).toContain('no other host has been added yet');
    expect(out).toContain('gpu-1, gpu-2, attic');
    expect(connected).toEqual([]);
  });

  test('says which hosts use this home, from what that follows, and that versions differ', async () => {
    const hosts = reached({ 'gpu-1': { hostname: 'gpu-1.cluster', codexes: [codex('0.142.0')] } });
    const { type } = terminal(sample(), { hosts, columns: 200 });
    await type('hosts', 'add', 'gpu-1');
    const { code, out } = await type('hosts', '--no-color');
    expect(code).toBe(0);
    expect(out).toContain('workbench, gpu-1 use one Codex home, ~/.codex');
    expect(out).toContain('gpu-1 (gpu-1.cluster)  looked at just now');
    expect(out).toContain('different versions of Codex on it (workbench: 0.169.0, gpu-1: 0.142.0)');
  });

  test('a host that does not answer is named, and no conclusion is drawn from it', async () => {
    const { type } = terminal(sample(), { hosts: reached({}) });
    await type('hosts', 'add', 'gpu-2');
    const { code, out } = await type('hosts', '--no-color');
    expect(code).toBe(0);
    expect(out).toContain('gpu-2 did not answer, so it is not known whether they share this home.');
    expect(out).toContain('it did not answer within 10 seconds');
  });

  test('of one that does not answer any more it is told what was seen, and when', async () => {
    const answering: Record<string, Reached> = { 'gpu-1': {} };
    const { type } = terminal(sample(), { hosts: reached(answering), columns: 200 });
    await type('hosts', 'add', 'gpu-1');
    await type('hosts');
    delete answering['gpu-1'];
    const { out } = await type('hosts', '--no-color');
    expect(out).toContain('workbench, gpu-1 use one Codex home');
    expect(out).toContain('Not known: how it is now: it did not answer within 10 seconds');
  });

  test('in JSON, for programs', async () => {
    const hosts = reached({ 'gpu-1': {} });
    const { type } = terminal(sample(), { hosts });
    await type('hosts', 'add', 'gpu-1', 'attic');
    const { out } = await type('hosts', '--json');
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1,
      hosts: [
        { name: 'workbench', isHere: true },
        { name: 'gpu-1', isHere: false, by: 'node', machine: { hostname: 'gpu-1' } },
        { name: 'attic', by: 'nobody', machine: null },
      ],
      shared: [{ hosts: ['workbench', 'gpu-1'], path: HOME, areVersionsMixed: false }],
    });
  });
});

describe('databases of a host’s own', () => {
  const LOCAL = '/var/tmp/ada/codex';
  const own = (host: string) => ({
    ...{ home: HOME, host, folder: LOCAL, isShared: true, receipt: 'r' },
    at: '2026-11-20T10:00:00Z',
  });
  const told = (sqliteHome: string | null) => ({
    how: 'command' as const,
    shell: '/bin/bash',
    home: '/home/ada',
    codexHome: null,
    sqliteHome,
  });
  const shown = async (starts: Reached['starts'], ...args: string[]) => {
    const databases = ['gpu-1.cluster', 'gpu-3'].map(own);
    const sample = home().thread('t1').kept('own-databases.json', { databases });
    const hosts = reached({ 'gpu-1': { hostname: 'gpu-1.cluster', ...(starts && { starts }) } });
    const { type } = terminal(sample, { hosts, columns: 200 });
    await type('hosts', 'add', 'gpu-1');
    return (await type('hosts', '--no-color', ...args)).out;
  };

  test('are told of that host, with where they are and whether they are used', async () => {
    const said = `It has databases of its own for ~/.codex since 2026-11-20, in ${LOCAL}`;
    expect(await shown([told(LOCAL)])).toMatch(new RegExp(`${said}\\n`));
    expect(await shown([told(null)])).toContain(`${said}; but a Codex there uses others`);
    expect(await shown([])).toContain(`${said}; whether they are used is not known`);
  });

  test('and of one that was not looked at', async () =>
    expect(await shown([])).toContain('gpu-3, which was not looked at: databases of its own for'));

  test('in JSON, for programs', async () =>
    expect(JSON.parse(await shown([told(LOCAL)], '--json'))).toMatchObject({
      ownDatabases: [
        { host: 'gpu-1.cluster', home: HOME, folder: LOCAL, isUsed: 'yes' },
        { host: 'gpu-3', isUsed: 'unknown' },
      ],
    }));
});

describe('hosts add and remove', () => {
  test('remember what was chosen, in the order in which it was', async () => {
    const { type } = terminal(sample(), { hosts: reached({}) });
    await type('hosts', 'add', 'gpu-2', 'gpu-1');
    expect((await type('hosts', 'add', 'gpu-1')).out).toContain(
      'All of these had been added before',
    );
    expect((await type('hosts', 'remove', 'gpu-2')).code).toBe(0);
    const { out } = await type('hosts', '--json');
    const { hosts } = JSON.parse(out) as { readonly hosts: readonly { readonly name: string }[] };
    expect(hosts.map(({ name }) => name)).toEqual(['workbench', 'gpu-1']);
  });

  test.each(['-oProxyCommand=evil', 'a b', 'a\nb'])('%j is no name of a host', async alias => {
    const { type } = terminal(sample(), { hosts: reached({}) });
    // After `--` every word is an operand.
    const { code, err } = await type('hosts', 'add', '--', alias);
    expect([code, err]).toEqual([2, expect.stringContaining('is not a name that ssh takes')]);
  });

  test('what was never added cannot be removed', async () => {
    const { type } = terminal(sample(), { hosts: reached({}) });
    const { code, err } = await type('hosts', 'remove', 'gpu-1');
    expect([code, err]).toEqual([2, expect.stringContaining('has not been added')]);
  });
});

describe('hosts remember and pin', () => {
  const hostsOf = async (type: ReturnType<typeof terminal>['type']) => {
    const { out } = await type('threads', '--json');
    const { threads } = JSON.parse(out) as {
      readonly threads: readonly {
        readonly id: string;
        readonly host: { readonly name: string };
      }[];
    };
    return Object.fromEntries(threads.map(({ id, host }) => [id, host.name]));
  };

  test('a thread counts as one of the host to which it was pinned, until that is taken back', async () => {
    const { type } = terminal(sample(), { hosts: reached({}) });
    expect((await type('hosts', 'pin', 'gpu-1', '--thread', idOf('t1'))).code).toBe(0);
    expect(await hostsOf(type)).toEqual({ [idOf('t1')]: 'gpu-1', [idOf('t2')]: 'workbench' });
    expect((await type('hosts', 'unpin', '--thread', idOf('t1'))).code).toBe(0);
    expect(await hostsOf(type)).toEqual({ [idOf('t1')]: 'workbench', [idOf('t2')]: 'workbench' });
  });

  test('so do all threads of a folder', async () => {
    const { type } = terminal(sample(), { hosts: reached({}) });
    expect((await type('hosts', 'pin', 'gpu-1', '--project', PROJECT)).code).toBe(0);
    expect(Object.values(await hostsOf(type))).toEqual(['gpu-1', 'gpu-1']);
  });

  test('what was seen of hosts is used by every later command', async () => {
    const builder = home().thread('there', { cwd: '/scratch/x' });
    const hosts = reached({ 'gpu-1': { folders: ['/scratch/x'] } });
    const { type } = terminal(builder, { hosts });
    await type('hosts', 'add', 'gpu-1');
    expect(await hostsOf(type)).toEqual({ [idOf('there')]: 'workbench' });
    await type('hosts');
    expect(await hostsOf(type)).toEqual({ [idOf('there')]: 'gpu-1' });
  });

  test('it is said that nothing is noted before somebody says so, and no longer afterwards', async () => {
    const { type } = terminal(sample(), { hosts: reached({ 'gpu-1': {} }), columns: 200 });
    await type('hosts', 'add', 'gpu-1');
    expect((await type('hosts')).out).toContain('Nothing is noted before you say so');
    expect((await type('hosts', 'remember', 'yes')).code).toBe(0);
    expect((await type('hosts')).out).not.toContain('Nothing is noted');
    expect((await type('hosts', 'remember', 'no')).out).toContain('Nothing more is noted');
    expect((await type('hosts')).out).toContain('Nothing is noted before you say so');
  });

  test.each([
    [['remember'], 'Say hosts remember yes'],
    [['remember', 'maybe'], 'Say hosts remember yes'],
    [['pin', '--thread', 'x'], 'To which host'],
    [['pin', 'gpu-1'], 'Name either threads'],
    [['pin', 'gpu-1', '--thread', idOf('t1'), '--project', '/x'], 'Name either threads'],
    [['pin', 'gpu-1', '--thread', 'ffff'], 'There is no thread'],
    [['unpin', 'gpu-1'], 'unpin takes'],
    [['add', 'gpu-1', '--thread', 'x'], 'hosts add has no option --thread'],
    [['--yes'], 'hosts has no option --yes'],
    [['add'], 'Which host?'],
    [['find'], 'is not understood'],
  ])('%j is refused with what to say', async (words, says) => {
    const { type } = terminal(sample(), { hosts: reached({}) });
    const { code, err } = await type('hosts', ...words);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });
});
