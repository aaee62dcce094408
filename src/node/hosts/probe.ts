// Asks the shell of a host, and makes of its answers what the engine knows as a probe.

import type { MachineIdentity, SeenFile, SeenHome, SeenServer } from '../../engine/model/host.ts';
import type { Probe, ProbeRequest, Read } from '../../engine/world.ts';
import { mountOf, parseMountinfo, parseMountOutput } from '../filesystems.ts';
import type { HostRecord, Talk } from './talk.ts';

export interface ProbeLimits {
  readonly beginMs: number;
  /** From the first word to the last record that needs no further question. */
  readonly probeMs: number;
  readonly homeMs: number;
}

/** A probe, and what else was learnt: which Node programs there could run our scanner. */
export interface Probed {
  readonly probe: Probe;
  readonly nodes: readonly string[];
}

type Values = HostRecord['values'];

/** Trouble where nobody answered at all; whatever else is missing is a gap. */
export async function askProbe(
  talk: Talk,
  asked: ProbeRequest,
  limits: ProbeLimits,
): Promise<Read<Probed>> {
  const begun = await talk.collect(['begin'], limits.beginMs);
  if (begun.trouble !== null) return { ok: false, trouble: begun.trouble };
  const { records, trouble } = await talk.collect(['told'], limits.probeMs);
  const found = new Found(records);
  if (trouble !== null) found.note('the rest of what it was asked', trouble.why);
  else await askHomes(talk, asked, limits, found);
  return { ok: true, value: found.probed() };
}

async function askHomes(
  talk: Talk,
  { homes }: ProbeRequest,
  { homeMs }: ProbeLimits,
  found: Found,
): Promise<void> {
  for (const home of new Set([...found.namedHomes(), ...homes])) {
    // The shell reads a line, and ssh may be given a path that no shell there could have.
    if (!home.startsWith('/') || /[\n\0]/.test(home)) continue;
    talk.send(`home\n${home}\n`);
    const { records, trouble } = await talk.collect(['looked'], homeMs);
    found.takeHome(records);
    if (trouble === null) continue;
    found.note(home, trouble.why);
    return;
  }
}

class Found {
  readonly #records: readonly HostRecord[];
  readonly #homes = new Map<string, SeenHome>();
  readonly #gaps: { readonly what: string; readonly why: string }[] = [];
  readonly #machine: MachineIdentity | null;

  constructor(records: readonly HostRecord[]) {
    this.#records = records;
    this.#noteGaps(records);
    const [hostname, machine = null, system = null, user] = this.#all('machine')[0] ?? [];
    this.#machine =
      typeof hostname === 'string'
        ? { hostname, machine, system: asSystem(system), user: user ?? '' }
        : null;
  }

  note(what: string, why: string): void {
    this.#gaps.push({ what, why });
  }

  /** Those that a Codex there would use, as an editor starts it before as a command does, and those in use. */
  namedHomes(): readonly string[] {
    const { servers, starts } = this.probed().probe;
    const atStart = (['login', 'command'] as const)
      .flatMap(how => starts.filter(start => start.how === how))
      .map(({ codexHome, home }) => codexHome ?? `${home}/.codex`);
    const usual = starts.map(({ home }) => `${home}/.codex`);
    return [...atStart, ...servers.flatMap(({ codexHome }) => codexHome ?? []), ...usual];
  }

  takeHome(records: readonly HostRecord[]): void {
    this.#noteGaps(records);
    const values = (name: string) => valuesOf(records, name);
    const [path, installation] = values('home')[0] ?? [];
    if (typeof path !== 'string') return;
    const isLinux = this.#machine?.system !== 'darwin';
    const parse = isLinux ? parseMountinfo : parseMountOutput;
    const mounts = values('mount')
      .flatMap(([line]) => line ?? [])
      .flatMap(line => parse(line).map(filesystem => ({ filesystem, line })));
    const filesystem = mountOf(
      path,
      mounts.map(mount => mount.filesystem),
    );
    const line = mounts.find(mount => mount.filesystem === filesystem)?.line ?? '';
    this.#homes.set(path, {
      path,
      installationId: asInstallationId(installation),
      filesystem,
      mounted: mountedIn(line, isLinux),
      files: Object.fromEntries(values('file').flatMap(asFile)),
    });
  }

  probed(): Probed {
    return {
      probe: {
        machine: this.#machine,
        homes: [...this.#homes.values()],
        servers: this.#all('server').flatMap(asServer),
        codexes: unique(this.#programs('codex')).map(([path, version]) => ({
          path,
          version: /\b(\d+\.\d+\.\d+\S*)/.exec(version ?? '')?.[1] ?? null,
        })),
        starts: this.#all('start').flatMap(([how, shell, home, codexHome, sqliteHome]) =>
          (how === 'command' || how === 'login') && typeof home === 'string'
            ? [
                {
                  how,
                  shell: shell ?? '',
                  home,
                  codexHome: codexHome ?? null,
                  sqliteHome: sqliteHome ?? null,
                },
              ]
            : [],
        ),
        gaps: this.#gaps,
      },
      nodes: this.#programs('node')
        .filter(([, version]) => Number(/^v(\d+)\./.exec(version ?? '')?.[1] ?? 0) >= OLDEST_NODE)
        .map(([path]) => path),
    };
  }

  #programs(kind: string): readonly (readonly [path: string, version: string | null])[] {
    return this.#all('program').flatMap(([, name, path, version = null]) =>
      name === kind && typeof path === 'string' ? [[path, version] as const] : [],
    );
  }

  #all(name: string): readonly Values[] {
    return valuesOf(this.#records, name);
  }

  #noteGaps(records: readonly HostRecord[]): void {
    for (const [what, limit] of valuesOf(records, 'gap'))
      this.note(what ?? '', `it did not answer within ${limit ?? ''} seconds`);
  }
}

const OLDEST_NODE = 20;

function valuesOf(records: readonly HostRecord[], wanted: string): readonly Values[] {
  return records.filter(({ name }) => name === wanted).map(({ values }) => values);
}

function unique<T extends readonly [string, ...unknown[]]>(entries: readonly T[]): readonly T[] {
  return [...new Map(entries.map(entry => [entry[0], entry])).values()];
}

function asSystem(name: string | null): MachineIdentity['system'] {
  return name === 'Linux' ? 'linux' : name === 'Darwin' ? 'darwin' : 'unknown';
}

function asInstallationId(text: string | null | undefined): string | null {
  const id = (text ?? '').trim();
  return /^[0-9a-f-]{36}$/i.test(id) ? id : null;
}

function asFile([name, inode, bytes, modified]: Values): readonly (readonly [string, SeenFile])[] {
  const [size, modifiedS] = [Number(bytes ?? NaN), Number(modified ?? NaN)];
  if (typeof name !== 'string' || typeof inode !== 'string' || Number.isNaN(size + modifiedS))
    return [];
  return [[name, { inode, bytes: size, modifiedS }]];
}

/** Programs that only speak of an app server, or to one, are none. */
function asServer([
  pid,
  line,
  isOpaque,
  codexHome = null,
  sqliteHome = null,
]: Values): readonly SeenServer[] {
  const [program = '', ...args] = (line ?? '').split('\n');
  const at = args.indexOf('app-server');
  const isServer =
    /(?:^|\/)codex[^/]*$/.test(program) &&
    at >= 0 &&
    !/^(?:proxy|daemon|help|generate-.*)$/.test(args[at + 1] ?? '');
  return isServer && typeof pid === 'string'
    ? [{ pid: Number(pid), program, codexHome, sqliteHome, isOpaque: isOpaque === 'yes' }]
    : [];
}

/**
 * What the table says that is mounted there: on Linux behind the type, elsewhere before ` on `. Of a server's
 * folder only a part may be mounted, which stands apart.
 */
function mountedIn(line: string, isLinux: boolean): string | null {
  if (!isLinux) return line.split(' on ')[0] || null;
  const [before = '', after = ''] = line.split(' - ');
  const [, source = ''] = after.split(' ');
  const [, , , part = '/'] = before.split(' ');
  const isOfServer = /^(?:[^/]+:\/|\/\/)/.test(source);
  return source === 'none' || source === ''
    ? null
    : isOfServer && part !== '/'
      ? source + part
      : source;
}
