// Other machines, through the person's own ssh.

import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import type { FreshServer } from '../../engine/model/host.ts';
import type {
  FreshStart,
  HostConnection,
  Hosts,
  ProbeRequest,
  Read,
  Trouble,
} from '../../engine/world.ts';
import { askFreshServer } from './freshServer.ts';
import { askProbe, type Probed } from './probe.ts';
import { probeScript, startOf } from './probeScript.ts';
import { ScannerThere } from './scannerThere.ts';
import { findSsh, isAlias, sshArguments, sshEnvironment, whyNotConnected } from './ssh.ts';
import { readOfferedHosts } from './sshConfig.ts';
import { Talk } from './talk.ts';

export interface HostsOptions {
  /** The built scanner, packed; null where there is none to be sent. */
  readonly scanner: string | null;
  readonly environment: NodeJS.ProcessEnv;
  readonly userHome: string;
  /** What ssh is given before all else. */
  readonly sshArguments: readonly string[];
  readonly limits?: Partial<HostLimits>;
}

export interface HostLimits {
  readonly connectS: number;
  /** Until the shell there has read its start-up files, over all jumps. */
  readonly beginMs: number;
  readonly probeMs: number;
  readonly homeMs: number;
  /** For a request that is answered from memory, or by helpers with limits of their own. */
  readonly answerMs: number;
  readonly scanMs: number;
  readonly freshMs: number;
  readonly endMs: number;
}

/** The probe bounds its own parts; these are for a host that does not even keep to those. */
const USUAL_LIMITS: HostLimits = {
  connectS: 10,
  beginMs: 30_000,
  probeMs: 70_000,
  homeMs: 10_000,
  answerMs: 20_000,
  scanMs: 300_000,
  freshMs: 30_000,
  endMs: 20_000,
};

export function createHosts(options: HostsOptions): Hosts {
  const limits = { ...USUAL_LIMITS, ...options.limits };
  return {
    offered: () => Promise.resolve(readOfferedHosts(options.userHome)),
    here: async asked => {
      if (process.platform === 'win32') return NO_SHELL;
      const talk = talkHere('all', options);
      try {
        const probed = await askProbe(talk, asked, limits);
        return probed.ok ? { ok: true, value: probed.value.probe } : probed;
      } finally {
        await talk.close();
      }
    },
    connect: async (alias, asked, signal) => {
      if (!isAlias(alias)) return NO_ALIAS;
      const ssh = findSsh(options.environment);
      if (ssh === null) return NO_SSH;
      const talk = talkThrough(ssh, alias, 'all', options, limits, signal);
      return connect(talk, asked, options, limits);
    },
    startFresh: async (alias, starts, signal) => {
      const talk = talkForServers(alias, options, limits);
      if ('trouble' in talk) return starts.map(start => unanswered(start, talk.trouble.why));
      return askFreshServers(talk, starts, limits, signal);
    },
  };
}

async function connect(
  talk: Talk,
  asked: ProbeRequest,
  { scanner }: HostsOptions,
  limits: HostLimits,
): Promise<Read<HostConnection>> {
  const probed = await askProbe(talk, asked, limits);
  if (!probed.ok) {
    await talk.close();
    return probed;
  }
  const started = await startScanner(talk, probed.value, scanner, limits);
  return { ok: true, value: asConnection(talk, probed.value, started, limits) };
}

async function startScanner(
  talk: Talk,
  { nodes }: Probed,
  file: string | null,
  limits: HostLimits,
): Promise<Read<ScannerThere>> {
  const [node] = nodes;
  const program = file === null ? null : await fs.promises.readFile(file).catch(() => null);
  if (program === null) return trouble('missing', 'our scanner is not beside this program');
  if (node === undefined) return trouble('missing', 'it has no Node of version 20 or newer');
  const there = new ScannerThere(talk, node, program);
  const hello = await there.ask({ kind: 'hello' }, limits.answerMs);
  return hello.ok ? { ok: true, value: there } : hello;
}

function asConnection(
  talk: Talk,
  { probe }: Probed,
  started: Read<ScannerThere>,
  { answerMs, scanMs }: HostLimits,
): HostConnection {
  const close = () => talk.close();
  if (!started.ok) {
    const nobody = () => Promise.resolve(started);
    const whyNoScanner = started.trouble.why;
    return { probe, whyNoScanner, paths: nobody, holders: nobody, scan: nobody, close };
  }
  const there = started.value;
  return {
    probe,
    whyNoScanner: null,
    paths: paths => there.ask({ kind: 'paths', paths }, answerMs),
    holders: folders => there.ask({ kind: 'holders', folders }, answerMs),
    scan: home => there.ask({ kind: 'scan', home, codexes: probe.codexes }, scanMs),
    close,
  };
}

function talkForServers(
  alias: string | null,
  options: HostsOptions,
  limits: HostLimits,
): Talk | ReturnType<typeof trouble> {
  if (alias === null) return process.platform === 'win32' ? NO_SHELL : talkHere('words', options);
  if (!isAlias(alias)) return NO_ALIAS;
  const ssh = findSsh(options.environment);
  return ssh === null ? NO_SSH : talkThrough(ssh, alias, 'words', options, limits, undefined);
}

/** Who stops it waits until the servers have ended with their input, as they do in good order. */
async function askFreshServers(
  talk: Talk,
  starts: readonly FreshStart[],
  limits: HostLimits,
  signal: AbortSignal | undefined,
): Promise<readonly FreshServer[]> {
  const stop = () => void talk.close();
  signal?.addEventListener('abort', stop, { once: true });
  const answers: FreshServer[] = [];
  try {
    if (signal?.aborted === true) await talk.close();
    const { trouble } = await talk.collect(['told'], limits.beginMs);
    for (const start of starts)
      answers.push(
        trouble === null
          ? await askFreshServer(talk, start, limits)
          : unanswered(start, trouble.why),
      );
    return signal?.aborted === true
      ? answers.map(one => (one.why === null ? one : { ...one, why: 'it was cancelled' }))
      : answers;
  } finally {
    signal?.removeEventListener('abort', stop);
    await talk.close();
  }
}

function unanswered({ how, program }: FreshStart, why: string): FreshServer {
  return { how, program: program ?? 'codex', codexHome: null, why };
}

/**
 * This machine as ssh would find it: its login shell, started with the little that an ssh server gives it, so
 * that what is said of it can be held against the others.
 */
function talkHere(what: 'all' | 'words', { environment, userHome }: HostsOptions): Talk {
  const { username, shell } = os.userInfo();
  const mark = newMark();
  const script = probeScript(mark, what);
  const home = environment['HOME'] ?? userHome;
  const talk = new Talk({
    program: shell ?? '/bin/sh',
    args: ['-c', startOf(script)],
    environment: {
      ...{ HOME: home, USER: username, LOGNAME: username, SHELL: shell ?? '/bin/sh' },
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
      // By this bash knows that it was started over a network, and reads the file that it then reads.
      ...{ SSH_CLIENT: '127.0.0.1 0 22', SSH_CONNECTION: '127.0.0.1 0 127.0.0.1 22' },
      ...(environment['LANG'] === undefined ? {} : { LANG: environment['LANG'] }),
    },
    mark,
    whyEnded: () => 'its shell ended',
  });
  talk.send(script);
  return talk;
}

function talkThrough(
  ssh: string,
  alias: string,
  what: 'all' | 'words',
  { environment, sshArguments: more }: HostsOptions,
  limits: HostLimits,
  signal: AbortSignal | undefined,
): Talk {
  const mark = newMark();
  const script = probeScript(mark, what);
  const talk = new Talk({
    program: ssh,
    args: sshArguments(alias, startOf(script), more, limits),
    environment: sshEnvironment(environment),
    mark,
    whyEnded: (said, code) => whyNotConnected(alias, said, code),
    signal,
  });
  talk.send(script);
  return talk;
}

function newMark(): string {
  return `@${crypto.randomBytes(16).toString('hex')}`;
}

function trouble(
  code: Trouble['code'],
  why: string,
): { readonly ok: false; readonly trouble: Trouble } {
  return { ok: false, trouble: { code, why } };
}

const NO_SHELL = trouble(
  'missing',
  'this system has no shell that could be asked as other hosts are',
);
const NO_ALIAS = trouble('broken', 'this is no name that could be given to ssh');
const NO_SSH = trouble('missing', 'there is no ssh on this machine');
