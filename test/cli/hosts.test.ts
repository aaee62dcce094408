import { describe, expect, test } from 'vitest';
import { home, HOME } from '../support/home.ts';
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
