// A server that several clients share: it listens at a socket, and speaks WebSocket there.

import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { codexEnvironment } from './appServer.ts';

export interface SharedServer {
  readonly pid: number | undefined;
  /** A client that says hello under this name. */
  connect(name: string): Promise<SharedClient>;
  kill(): Promise<void>;
}

export interface SharedClient {
  call(method: string, params: object): Promise<unknown>;
  /** Runs one turn in a loaded thread, to its end. */
  runTurn(threadId: string, text: string): Promise<void>;
  leave(): void;
}

interface Heard {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly threadId?: string };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const LONGEST_WAIT_MS = 20_000;

export async function startSharedServer(codex: string, home: string): Promise<SharedServer> {
  // Not at the home's own place for it: the name of a socket may have no more than a hundred letters.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'shared-'));
  const socket = path.join(folder, 'socket');
  const child = spawn(codex, ['app-server', '--listen', `unix://${socket}`], {
    cwd: home,
    env: codexEnvironment(home),
    stdio: 'ignore',
  });
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()));
  const until = Date.now() + LONGEST_WAIT_MS;
  while (!existsSync(socket) && Date.now() < until) await delay(50);
  return {
    pid: child.pid,
    connect: name => sayHello(socket, name),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function sayHello(socket: string, name: string): Promise<SharedClient> {
  const stream = await upgrade(socket);
  const listeners = new Set<(message: Heard) => void>();
  onTexts(stream, text => {
    for (const listener of listeners) listener(JSON.parse(text) as Heard);
  });
  const hear = (isWanted: (message: Heard) => boolean, what: string) =>
    new Promise<Heard>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} did not come`)), LONGEST_WAIT_MS);
      const listener = (message: Heard) => {
        if (!isWanted(message)) return;
        clearTimeout(timer);
        listeners.delete(listener);
        resolve(message);
      };
      listeners.add(listener);
    });
  let asked = 0;
  const call = async (method: string, params: object) => {
    asked += 1;
    const id = asked;
    const answer = hear(message => message.id === id && message.method === undefined, method);
    stream.write(masked(JSON.stringify({ id, method, params })));
    const { result, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const clientInfo = { name, title: name, version: '1.0.0' };
  await call('initialize', { clientInfo, capabilities: { experimentalApi: true } });
  return {
    call,
    runTurn: async (threadId, text) => {
      const completed = hear(
        ({ method, params }) => method === 'turn/completed' && params?.threadId === threadId,
        'the end of the turn',
      );
      await call('turn/start', { threadId, input: [{ type: 'text', text }] });
      await completed;
    },
    leave: () => stream.destroy(),
  };
}

function upgrade(socketPath: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const headers = {
      Host: 'localhost',
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': crypto.randomBytes(16).toString('base64'),
    };
    const request = http.request({ socketPath, headers });
    request.once('error', reject);
    request.once('upgrade', (_, stream: Duplex, first: Buffer) => {
      stream.unshift(first);
      // A server that is killed tears its connections.
      stream.on('error', () => undefined);
      resolve(stream);
    });
    request.end();
  });
}

/** Codex sends each message in one frame, unmasked. */
function onTexts(stream: Duplex, hear: (text: string) => void): void {
  let bytes = Buffer.alloc(0);
  stream.on('data', (piece: Buffer) => {
    bytes = Buffer.concat([bytes, piece]);
    for (let frame = firstFrame(bytes); frame !== null; frame = firstFrame(bytes)) {
      bytes = bytes.subarray(frame.end);
      if (frame.isText) hear(frame.payload.toString('utf8'));
    }
  });
}

function firstFrame(bytes: Buffer) {
  const short = (bytes[1] ?? 0) & 127;
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < header) return null;
  const length =
    short < 126 ? short : header === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = header + length;
  if (bytes.length < end) return null;
  return { end, isText: ((bytes[0] ?? 0) & 15) === 1, payload: bytes.subarray(header, end) };
}

/** Clients have to mask what they send; by zeros, which is allowed. */
function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([0x81, 0x80 | 126, 0, 0, 0, 0, 0, 0]);
  header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
