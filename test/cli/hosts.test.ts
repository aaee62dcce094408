import { describe, expect, test } from 'vitest';
import type { SeenHome } from '../../src/engine/model/host.ts';
import type { Hosts, Probe } from '../../src/engine/world.ts';
import { home, HOME } from '../support/home.ts';
import { terminal } from './runCli.ts';

const sample = () => home().thread('t1').thread('t2');

const SHARED: SeenHome = {
  path: HOME,
  installationId: '0198aaaa-0000-7000-8000-000000000001',
  filesystem: { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' },
  mounted: 'files:/export/home',
  files: {
    'state_5.sqlite': { inode: '42', bytes: 1000, modifiedS: 1_780_000_000 },
    installation_id: { inode: '43', bytes: 36, modifiedS: 1_780_000_000 },
  },
};

function probe(hostname: string, more: Partial<Probe> = {}): Probe {
  const machine = { hostname, machine: `id-of-${hostname}`, system: 'linux', user: 'ada' } as const;
  return { machine, homes: [SHARED], servers: [], codexes: [], starts: [], gaps: [], ...more };
}

/** Hosts that answer with what is given here; whoever is not among them does not answer. */
function reached(hosts: Readonly<Record<string, Probe>>, connected: string[] = []): Hosts {
  const silent = { code: 'timeout', why: 'it did not answer within 10 seconds' } as const;
  return {
    offered: () => Promise.resolve({ ok: true, value: ['gpu-1', 'gpu-2', 'attic'] }),
    here: () =>
      Promise.resolve({ ok: true, value: probe('workbench', { codexes: [codex('0.169.0')] }) }),
    connect: alias => {
      connected.push(alias);
      const there = hosts[alias];
      if (there === undefined) return Promise.resolve({ ok: false, trouble: silent });
      return Promise.resolve({
        ok: true,
        value: {
          probe: there,
          whyNoScanner: null,
          paths: paths =>
            Promise.resolve({
              ok: true,
              value: Object.fromEntries(paths.map(path => [path, 'missing' as const])),
            }),
          holders: () => Promise.resolve({ ok: true, value: { holders: [], unreadable: [] } }),
          scan: () => Promise.resolve({ ok: false, trouble: silent }),
          close: () => Promise.resolve(),
        },
      });
    },
  };
}

const codex = (version: string) => ({ path: '/usr/local/bin/codex', version });

describe('hosts', () => {
  test('connects to nobody who was not added, and says who could be', async () => {
    const connected: string[] = [];
    const { type } = terminal(sample(), { hosts: reached({ 'gpu-1': probe('gpu-1') }, connected) });
    const { code, out } = await type('hosts');
    expect(code).toBe(0);
    expect(out).toContain('no other host has been added yet');
    expect(out).toContain('gpu-1, gpu-2, attic');
    expect(connected).toEqual([]);
  });

  test('says which hosts use this home, from what that follows, and that versions differ', async () => {
    const hosts = reached({ 'gpu-1': probe('gpu-1.cluster', { codexes: [codex('0.142.0')] }) });
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
    const answering: Record<string, Probe> = { 'gpu-1': probe('gpu-1') };
    const { type } = terminal(sample(), { hosts: reached(answering), columns: 200 });
    await type('hosts', 'add', 'gpu-1');
    await type('hosts');
    delete answering['gpu-1'];
    const { out } = await type('hosts', '--no-color');
    expect(out).toContain('workbench, gpu-1 use one Codex home');
    expect(out).toContain('Not known: how it is now: it did not answer within 10 seconds');
  });

  test('in JSON, for programs', async () => {
    const hosts = reached({ 'gpu-1': probe('gpu-1') });
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
