// Other machines that answer as a test says; whoever it does not name does not answer.

import type { SeenHome } from '../../src/engine/model/host.ts';
import type { Holder, PathState, Snapshot } from '../../src/engine/model/snapshot.ts';
import type { Hosts, Probe } from '../../src/engine/world.ts';
import { HOME } from './home.ts';

/** A home on a file server, as every host that has it sees it. */
export const SHARED: SeenHome = {
  path: HOME,
  installationId: '0198aaaa-0000-7000-8000-000000000001',
  filesystem: { type: 'nfs4', isNetwork: true, mountPoint: '/home', options: 'rw' },
  mounted: 'files:/export/home',
  files: {
    'state_5.sqlite': { inode: '42', bytes: 1000, modifiedS: 1_780_000_000 },
    installation_id: { inode: '43', bytes: 36, modifiedS: 1_780_000_000 },
  },
};

/** The home that a host has for itself. */
export const OWN: SeenHome = {
  ...SHARED,
  installationId: '0198aaaa-0000-7000-8000-000000000002',
  filesystem: { type: 'ext4', isNetwork: false, mountPoint: '/', options: 'rw' },
  mounted: '/dev/sda1',
  files: {},
};

export function probe(hostname: string, more: Partial<Probe> = {}): Probe {
  const machine = { hostname, machine: `id of ${hostname}`, system: 'linux', user: 'ada' } as const;
  return { machine, homes: [SHARED], servers: [], codexes: [], starts: [], gaps: [], ...more };
}

export interface Reached extends Partial<Probe> {
  /** What it calls itself, where that is not how it is reached. */
  readonly hostname?: string;
  /** Folders that are there; all others are missing. */
  readonly folders?: readonly string[];
  /** Where servers that are started there say that they keep their things; as planned, where it is absent. */
  readonly serverSays?: string | null;
  /** Who has files open there, by the folders in which they lie. */
  readonly holders?: Readonly<Record<string, readonly Holder[]>>;
  /** What a scan of its own home sees. */
  readonly snapshot?: Snapshot;
}

/** `connected` is told of each host that is connected to. */
export function reachedHosts(
  hosts: Readonly<Record<string, Reached>>,
  here: Partial<Probe> = {},
  connected: string[] = [],
): Hosts {
  const silent = { code: 'timeout', why: 'it did not answer within 10 seconds' } as const;
  return {
    offered: () => Promise.resolve({ ok: true, value: ['gpu-1', 'gpu-2', 'attic'] }),
    here: () => Promise.resolve({ ok: true, value: probe('workbench', here) }),
    startFresh: (alias, starts) => {
      const says = hosts[alias ?? '']?.serverSays;
      return Promise.resolve(
        starts.map(({ how, home, program }) => ({
          ...{ how, program: program ?? 'codex', codexHome: says === undefined ? home : says },
          why: says === null ? 'it ended without an answer' : null,
        })),
      );
    },
    connect: alias => {
      connected.push(alias);
      const there = hosts[alias];
      if (there === undefined) return Promise.resolve({ ok: false, trouble: silent });
      const {
        hostname = alias,
        folders = [],
        holders = {},
        snapshot,
        serverSays: _,
        ...more
      } = there;
      const state = (path: string): PathState => (folders.includes(path) ? 'folder' : 'missing');
      return Promise.resolve({
        ok: true,
        value: {
          probe: probe(hostname, more),
          whyNoScanner: null,
          paths: paths =>
            Promise.resolve({
              ok: true,
              value: Object.fromEntries(paths.map(path => [path, state(path)])),
            }),
          holders: asked => {
            const found = asked.flatMap(folder => holders[folder] ?? []);
            return Promise.resolve({ ok: true, value: { holders: found, unreadable: [] } });
          },
          scan: () =>
            Promise.resolve(
              snapshot === undefined
                ? { ok: false, trouble: silent }
                : { ok: true, value: snapshot },
            ),
          close: () => Promise.resolve(),
        },
      });
    },
  };
}
