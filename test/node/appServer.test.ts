// Against small servers of our own, which do what the real Codex does once in a thousand times.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AppServerRefusal, type AppServer, type StartRequest } from '../../src/engine/hands.ts';
import { createAppServers, type AppServerLimits } from '../../src/node/appServer.ts';
import { lastWords } from '../../src/node/appServer/lastWords.ts';

/** What every fake does: it answers by a table, to which each test adds, and notes how it ends. */
const FAKE = `#!${process.execPath}
const fs = require('node:fs');
const home = process.env.CODEX_HOME;
const note = line => fs.appendFileSync(home + '/notes', line + '\\n');
const write = (text, then) => process.stdout.write(text, then);
const say = message => write(JSON.stringify(message) + '\\n');
const answer = (id, result) => say({ id, result });
const refuse = (id, code, message) => say({ id, error: { code, message } });
const unknown = id => refuse(id, -32600, 'Invalid request: unknown variant \`x\`, ' +
  'expected one of \`initialize\`, \`thread/list\`, \`thread/read\`');
note('pid ' + process.pid);
process.on('exit', code => note('exit ' + code));
process.stdin.on('end', () => note('end of input'));
const methods = { initialize: ({ id }) => answer(id, { userAgent: 'fake/1' }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
  const message = JSON.parse(line);
  (methods[message.method] ?? (({ id }) => id === undefined || unknown(id)))(message);
});
`;

/** Long enough that a server which ends by itself is never hurried, on a busy machine either. */
const PATIENT = { afterInputMs: 15_000, afterSigtermMs: 15_000 };

let folder: string;
let home: string;
const started: AppServer[] = [];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'app-server-'));
  home = path.join(folder, 'home');
  fs.mkdirSync(home);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(started.splice(0).map(server => server.end()));
  for (const pid of pids()) expect(isRunning(pid)).toBe(false);
  fs.rmSync(folder, { recursive: true });
});

interface Given {
  readonly limits?: Partial<AppServerLimits>;
  readonly request?: Partial<StartRequest>;
}

async function start(script: string, { limits, request }: Given = {}): Promise<AppServer> {
  const codex = path.join(folder, 'codex');
  fs.writeFileSync(codex, FAKE + script, { mode: 0o755 });
  const server = await createAppServers({ ...PATIENT, ...limits }).start({
    ...{ codex, home, sqliteHome: null },
    ...request,
  });
  started.push(server);
  return server;
}

function notes(): string[] {
  const file = path.join(home, 'notes');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

function pids(): number[] {
  return notes()
    .filter(line => line.startsWith('pid '))
    .map(line => Number(line.slice(4)));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Blocks, as work of our own does. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function many<T>(count: number, make: (index: number) => Promise<T>): Promise<T>[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

async function troubles(calls: readonly Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(calls);
  return results.map(result =>
    result.status === 'rejected' ? String(result.reason) : 'no trouble',
  );
}

describe('the start', () => {
  test('is one of the app server, with this home, and says who asks', async () => {
    vi.stubEnv('CODEX_HOME', '/somewhere/else');
    vi.stubEnv('CODEX_SQLITE_HOME', '/somewhere/else');
    vi.stubEnv('KEPT', 'kept');
    const server = await start(`
      methods.initialize = ({ id, params }) => answer(id, { userAgent: 'fake/2', params });
      methods.initialized = message => note('heard ' + JSON.stringify(message));
      methods.tell = ({ id }) => answer(id, {
        arguments: process.argv.slice(2), folder: process.cwd(), home, sqlite: process.env.CODEX_SQLITE_HOME, kept: process.env.KEPT,
      });
    `);
    expect(server.userAgent).toBe('fake/2');
    expect(await server.call('tell', {})).toEqual({
      ...{ arguments: ['app-server'], folder: fs.realpathSync(os.tmpdir()), home, kept: 'kept' },
    });
    expect(notes()).toContain('heard {"jsonrpc":"2.0","method":"initialized"}');
  });

  test('introduces us, and asks for what is experimental', async () => {
    await start(`
      methods.initialize = ({ id, params }) => {
        note('params ' + JSON.stringify(params));
        answer(id, {});
      };
    `);
    const params = notes().find(line => line.startsWith('params '));
    expect(JSON.parse(params?.slice(7) ?? '')).toEqual({
      clientInfo: {
        name: 'codex-session-health',
        title: 'Codex Session Health',
        version: '0.0.0',
      },
      capabilities: { experimentalApi: true },
    });
  });

  test('names another place of the databases', async () => {
    const server = await start(
      'methods.tell = ({ id }) => answer(id, process.env.CODEX_SQLITE_HOME);',
      { request: { sqliteHome: '/data/bases' } },
    );
    expect(await server.call('tell', {})).toBe('/data/bases');
  });

  test('may take long, and tells so', async () => {
    const told: number[] = [];
    const waiting = (seconds: number) => {
      told.push(seconds);
      fs.writeFileSync(path.join(home, 'index-is-made'), '');
    };
    await start(
      `methods.initialize = ({ id }) => {
         if (fs.existsSync(home + '/index-is-made')) answer(id, {});
         else setTimeout(methods.initialize, 20, { id });
       };`,
      { request: { waiting } },
    );
    expect(told[0]).toBe(1);
  });

  test('that ends too early fails with what Codex said', async () => {
    const failed = start(`
      process.stderr.write('\\u001b[31mERROR\\u001b[0m no bubblewrap\\n' +
        'Error: failed to initialize: while executing migration 62: duplicate column\\n\\n' +
        'Stack backtrace:\\n   0: main\\n', () => process.exit(1));
      methods.initialize = () => {};
    `);
    await expect(failed).rejects.toThrow(
      /^Codex did not start: failed to initialize: while executing migration 62: duplicate column$/,
    );
  });

  test('that ends without a word fails with how it ended', async () => {
    const failed = start('process.exit(7);');
    await expect(failed).rejects.toThrow(/^Codex did not start: it ended with exit code 7$/);
  });

  test('that is refused fails with the refusal, and ends the server', async () => {
    const failed = start(`methods.initialize = ({ id }) => refuse(id, -32600, 'not you');`);
    await expect(failed).rejects.toThrow(/^Codex did not start: not you$/);
    expect(notes()).toContain('exit 0');
  });

  test('of a program that is not there fails', async () => {
    const codex = path.join(folder, 'gone');
    await expect(start('', { request: { codex } })).rejects.toThrow(
      `Codex did not start: spawn ${codex} ENOENT`,
    );
    await expect(start('', { request: { codex: 'a\0b' } })).rejects.toThrow(
      /^Codex did not start: /,
    );
  });

  test('that never comes to an end has a limit, and ends the server', async () => {
    const failed = start('methods.initialize = () => {};', { limits: { startMs: 300 } });
    await expect(failed).rejects.toThrow(
      'Codex did not start: Codex did not answer initialize within 0.3 seconds',
    );
    expect(notes()).toContain('exit 0');
  });

  test('can be stopped, and ends the server', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const waiting = () => stop.abort(reason);
    const request = { signal: stop.signal, waiting };
    await expect(start('methods.initialize = () => {};', { request })).rejects.toBe(reason);
    expect(notes()).toContain('exit 0');
  });

  test('that is stopped lets Codex finish its index, during which it minds nothing', async () => {
    const stop = new AbortController();
    const failed = start(
      `methods.initialize = () => {};
       const waiting = setInterval(() => {
         if (fs.existsSync(home + '/index-is-made')) clearInterval(waiting);
       }, 20);
       process.on('SIGTERM', () => process.exit(15));`,
      { request: { signal: stop.signal }, limits: { afterInputMs: 1 } },
    );
    stop.abort();
    setTimeout(() => fs.writeFileSync(path.join(home, 'index-is-made'), ''), 500);
    await expect(failed).rejects.toThrow('aborted');
    expect(notes()).toContain('exit 0');
  });

  test('that was stopped before does not begin', async () => {
    const reason = new Error('enough');
    const request = { signal: AbortSignal.abort(reason) };
    await expect(start('', { request })).rejects.toBe(reason);
    expect(notes()).toEqual([]);
  });
});

describe('a call', () => {
  test('comes back with its own answer', async () => {
    const server = await start(`
      const open = [];
      methods.double = ({ id, params }) => {
        open.push([id, params.number * 2]);
        // The last one is answered first.
        if (open.length === 3) for (const [id, result] of open.reverse()) answer(id, result);
      };
      methods.nothing = ({ id }) => answer(id, null);
    `);
    const doubled = many(3, number => server.call('double', { number }));
    expect(await Promise.all(doubled)).toEqual([0, 2, 4]);
    expect(await server.call('nothing', {})).toBeNull();
  });

  test('that is refused fails with the code and the words of Codex', async () => {
    const server = await start(`methods.no = ({ id }) => refuse(id, -32600, 'no such thread');`);
    const refusal = await server.call('no', {}).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppServerRefusal);
    expect(refusal).toMatchObject({ code: -32600, message: 'no such thread' });
  });

  test('waits while 32 others are open', async () => {
    const server = await start(`
      let open = [];
      let most = 0;
      methods.work = ({ id }) => {
        open.push(id);
        most = Math.max(most, open.length);
        // More than these would come in this time.
        if (open.length === 32) setTimeout(() => {
          for (const id of open.splice(0)) answer(id, most);
        }, 100);
      };
    `);
    const answers = await Promise.all(many(96, () => server.call('work', {})));
    expect(new Set(answers)).toEqual(new Set([32]));
  });

  test('is made again when Codex has too much to do', async () => {
    const server = await start(
      `let times = 0;
       methods.busy = ({ id }) => {
         times += 1;
         if (times < 4) refuse(id, -32001, 'Server overloaded; retry later.');
         else answer(id, times);
       };`,
      { limits: { retryMs: 1 } },
    );
    expect(await server.call('busy', {})).toBe(4);
  });

  test('is not made again for ever', async () => {
    const server = await start(
      `let times = 0;
       methods.busy = ({ id }) => refuse(id, -32001, 'overloaded ' + ++times);`,
      { limits: { retryMs: 1 } },
    );
    const refusal = await server.call('busy', {}).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppServerRefusal);
    expect(refusal).toMatchObject({ code: -32001, message: 'overloaded 7' });
  });

  test('that is never answered has a limit, and makes room for others', async () => {
    const server = await start('methods.silent = () => {};', { limits: { callMs: 300 } });
    const said = await troubles(many(33, () => server.call('silent', {})));
    expect(new Set(said)).toEqual(
      new Set(['Error: Codex did not answer silent within 0.3 seconds']),
    );
  });

  test('ends at once when the server dies; those that wait, and later ones, too', async () => {
    const server = await start(
      `let heard = 0;
       methods.busy = ({ id }) => refuse(id, -32001, 'Server overloaded; retry later.');
       methods.work = () => {
         heard += 1;
         if (heard === 31)
           process.stderr.write("thread 'main' panicked at src/x.rs:1:\\nout of luck\\n", () => process.exit(3));
       };`,
      // The one that Codex has no time for waits longer than the test may take.
      { limits: { retryMs: 60_000 } },
    );
    const busy = server.call('busy', {});
    const said = await troubles([busy, ...many(50, () => server.call('work', {}))]);
    const expected =
      "Error: Codex has gone: it ended with exit code 3. It said: thread 'main' panicked at src/x.rs:1: out of luck";
    expect(said).toEqual(Array.from({ length: 51 }, () => expected));
    expect(await troubles([server.call('work', {})])).toEqual([expected]);
  });

  test('that the server answers with its last breath is answered', async () => {
    const server = await start(`
      const open = [];
      methods.last = ({ id }) => {
        open.push(id);
        if (open.length < 20) return;
        // Codex tells much that nobody has asked for.
        const news = JSON.stringify({ method: 'thread/started', params: {} }) + '\\n';
        const answers = open.map(id => JSON.stringify({ id, result: 'answered' }) + '\\n');
        write(news.repeat(500) + answers.join(''), () => process.exit(0));
      };
    `);
    const calls = Promise.all(many(20, () => server.call('last', {})));
    await new Promise(setImmediate);
    // We are busy meanwhile, so that we hear of its end together with what it has said.
    for (let look = 0; look < 200 && !notes().includes('exit 0'); look += 1) sleep(20);
    sleep(200);
    const answers = await calls;
    expect(notes()).toContain('exit 0');
    expect(new Set(answers)).toEqual(new Set(['answered']));
  });
});

describe('lines', () => {
  test('that are no messages are passed over; a line may end as on Windows', async () => {
    const server = await start(`
      methods.odd = ({ id }) => {
        for (const line of ['garbage', '', '[1,2]', 'null', '12', '{"half":', '{}', '{"id":null}',
          '{"id":null,"error":{"code":1,"message":"x"}}', '{"id":99999,"result":1}',
          '{"method":"thread/started","params":{"x":1},"emittedAtMs":1}'])
          write(line + '\\r\\n');
        write(JSON.stringify({ id, result: 'heard' }) + '\\r\\n');
      };
    `);
    expect(await server.call('odd', {})).toBe('heard');
  });

  test('may come in pieces that cut a letter, and several in one piece', async () => {
    const server = await start(`
      methods.slow = ({ id }) => {
        const bytes = Buffer.from(JSON.stringify({ id, result: 'für dich' }) + '\\n');
        const cut = bytes.indexOf(0xc3) + 1;
        process.stdout.write(bytes.subarray(0, cut));
        setTimeout(() => process.stdout.write(bytes.subarray(cut)), 50);
      };
      const open = [];
      methods.twice = ({ id }) => {
        open.push(JSON.stringify({ id, result: id }) + '\\n');
        if (open.length === 2) write(open.join(''));
      };
    `);
    expect(await server.call('slow', {})).toBe('für dich');
    const [one, other] = await Promise.all(many(2, () => server.call('twice', {})));
    expect(one).not.toBe(other);
  });

  test('may have 5 MB, in both directions', async () => {
    const server = await start('methods.echo = ({ id, params }) => answer(id, params);');
    const params = { text: 'ä'.repeat(2_500_000) };
    expect(await server.call('echo', params)).toEqual(params);
  });
});

test('what the server asks is refused, also under a number that we have used', async () => {
  const server = await start(`
    const open = [];
    const asked = [];
    let question;
    methods.ask = ({ id }) => {
      question = id;
      say({ id: 'text', method: 'item/commandExecution/requestApproval', params: {} });
      say({ id, method: 'applyPatchApproval' });
    };
    methods[undefined] = ({ id, error }) => {
      asked.push([typeof id, error.code]);
      if (asked.length === 2) answer(question, asked);
    };
  `);
  expect(await server.call('ask', {})).toEqual([
    ['string', -32601],
    ['number', -32601],
  ]);
});

describe('the end', () => {
  const DEAF = `setInterval(() => {}, 1000);`;

  test('is the end of its input; asked for twice, it is the same', async () => {
    const server = await start(`process.on('SIGTERM', () => note('SIGTERM'));`);
    await Promise.all([server.end(), server.end()]);
    await server.end();
    expect(notes().slice(1)).toEqual(['end of input', 'exit 0']);
    expect(await troubles([server.call('late', {})])).toEqual([
      'Error: Codex has gone: we have ended it',
    ]);
  });

  test('is told to a server that does not mind its input', async () => {
    const server = await start(
      `${DEAF} process.on('SIGTERM', () => { note('SIGTERM'); process.exit(0); });`,
      { limits: { afterInputMs: 100 } },
    );
    await server.end();
    expect(notes()).toEqual(expect.arrayContaining(['SIGTERM', 'exit 0']));
  });

  test('is made of a server that minds nothing', async () => {
    const server = await start(`${DEAF} process.on('SIGTERM', () => note('SIGTERM'));`, {
      limits: { afterInputMs: 100, afterSigtermMs: 2000 },
    });
    await server.end();
    expect(notes()).toContain('SIGTERM');
    expect(notes()).not.toContain('exit 0');
    expect(pids().map(isRunning)).toEqual([false]);
  });

  test('does not wait for what the server has started and left', async () => {
    const server = await start(`
      const { spawn } = require('node:child_process');
      const left = spawn('sleep', ['30'], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
      fs.writeFileSync(home + '/left', String(left.pid));
      left.unref();
    `);
    const left = Number(fs.readFileSync(path.join(home, 'left'), 'utf8'));
    await server.end();
    // Still there: only our own child is ever ended.
    expect(isRunning(left)).toBe(true);
    process.kill(left);
  });
});

describe('what the server knows', () => {
  test('is what it names when it is asked for something else, once', async () => {
    const server = await start(`
      let asked = 0;
      methods['codex-session-health/no-such-method'] = ({ id }) => { asked += 1; unknown(id); };
      methods['thread/list'] = ({ id }) => answer(id, asked);
    `);
    const known = ['thread/list', 'thread/read', 'initialize', 'foo/bar', 'x', 'initializ'];
    const answers = await Promise.all(known.map(method => server.knows(method)));
    expect(answers).toEqual([true, true, true, false, false, false]);
    expect(await server.call('thread/list', {})).toBe(1);
  });

  test('is not known when it speaks in another way, until it does', async () => {
    const server = await start(`
      let asked = 0;
      methods['codex-session-health/no-such-method'] = ({ id }) => {
        asked += 1;
        if (asked === 1) refuse(id, -32601, 'Method not found');
        else if (asked === 2) answer(id, {});
        else unknown(id);
      };
    `);
    const unclear = /^Codex does not say which methods it has/;
    await expect(server.knows('thread/list')).rejects.toThrow(unclear);
    await expect(server.knows('thread/list')).rejects.toThrow(unclear);
    expect(await server.knows('thread/list')).toBe(true);
  });
});

describe('a list', () => {
  /** Five entries, two a page; the cursor is the place of the next one. */
  const LIST = `
    methods.list = ({ id, params }) => {
      note('params ' + JSON.stringify(params));
      const at = Number(params.cursor ?? 0);
      answer(id, {
        data: ['a', 'b', 'c', 'd', 'e'].slice(at, at + 2),
        nextCursor: at + 2 < 5 ? String(at + 2) : null,
        backwardsCursor: 'x',
      });
    };`;

  test('is read to its last page', async () => {
    const server = await start(LIST);
    const entries = await server.pages('list', { archived: true });
    expect(entries).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(notes().slice(1)).toEqual([
      'params {"limit":100,"archived":true}',
      'params {"limit":100,"archived":true,"cursor":"2"}',
      'params {"limit":100,"archived":true,"cursor":"4"}',
    ]);
  });

  test('ends where a cursor comes again', async () => {
    const server = await start(`
      methods.list = ({ id, params }) => {
        const cursor = params.cursor ?? 'a';
        answer(id, { data: [cursor], nextCursor: cursor === 'b' ? 'c' : 'b' });
      };
    `);
    expect(await server.pages('list', {})).toEqual(['a', 'b', 'c']);
  });

  test('without an end is none', async () => {
    const server = await start(
      `methods.list = ({ id, params }) => answer(id, { data: [1], nextCursor: params.cursor + 'x' });`,
      { limits: { pages: 5 } },
    );
    await expect(server.pages('list', {})).rejects.toThrow('what Codex answers to list has no end');
  });

  test('that is no list is none', async () => {
    const server = await start('methods.list = ({ id }) => answer(id, { threads: [] });');
    await expect(server.pages('list', {})).rejects.toThrow(
      'what Codex answers to list is not a list',
    );
  });
});

describe('last words', () => {
  test('are the error that it ended with, without its echoes', () => {
    const chain = 'failed at /h: while executing migration 62: error returned: (code: 1) twice';
    const echoes =
      ': while executing migration 62: error returned: (code: 1) twice: error returned: (code: 1) twice: (code: 1) twice';
    expect(lastWords(`WARN x\nError: old\nError: ${chain}${echoes}\n`)).toBe(chain);
  });

  test('are the last lines where it named no error', () => {
    expect(lastWords('one\r\ntwo\n\n\u001b[2mthree\u001b[0m\nfour')).toBe('two three four');
    expect(lastWords('')).toBe('');
  });

  test('are bounded, and keep the cause', () => {
    const words = lastWords(`Error: ${'x'.repeat(5000)}the cause`);
    expect(words).toHaveLength(1001);
    expect(words).toMatch(/^…x+the cause$/);
  });
});
