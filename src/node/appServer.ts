// Codex itself, asked through its app server. One is started for a repair, and ended after it:
// nothing else that runs on this machine is asked, or ended.

import type { AppServer, AppServers, StartRequest } from '../engine/hands.ts';
import { createCalls, type CallLimits, type Calls } from './appServer/calls.ts';
import { startCodex, type CodexProcess, type Patience } from './appServer/codexProcess.ts';
import { readMethodNames } from './appServer/methodNames.ts';

declare const PRODUCT_VERSION: string | undefined;

export interface AppServerLimits extends CallLimits, Patience {
  /** What the start may take: Codex answers when its index is made, however many threads there are. */
  readonly startMs: number;
  /** How many pages a list may have. */
  readonly pages: number;
}

const LIMITS: AppServerLimits = {
  callMs: 60_000,
  retryMs: 50,
  startMs: 600_000,
  pages: 10_000,
  afterInputMs: 5000,
  afterSigtermMs: 3000,
};

/** How many entries one page has; Codex gives no more, whatever it is asked for. */
const PAGE = 100;

/** No method of Codex will have this name. The refusal names all those that there are. */
const NO_METHOD = 'codex-session-health/no-such-method';

export function createAppServers(limits: Partial<AppServerLimits> = {}): AppServers {
  return { start: request => start(request, { ...LIMITS, ...limits }) };
}

async function start(request: StartRequest, limits: AppServerLimits): Promise<AppServer> {
  request.signal?.throwIfAborted();
  const codex = startCodex(request, limits);
  const calls = createCalls(codex, limits);
  try {
    const userAgent = await shakeHands(codex, calls, request, limits);
    return {
      userAgent,
      knows: createKnowing(calls),
      call: calls.ask,
      pages: (method, params) => readPages(calls, method, params, limits.pages),
      end: () => codex.end(),
    };
  } catch (error) {
    // While Codex makes its index it does not see that its input has ended. Whoever kills it then
    // leaves an index that Codex holds to be in the making: for 15 minutes it starts no more.
    const isStopped = request.signal?.aborted === true;
    await (isStopped ? codex.end(limits.startMs) : codex.end());
    throw error;
  }
}

async function shakeHands(
  codex: CodexProcess,
  calls: Calls,
  { waiting, signal }: StartRequest,
  { startMs }: AppServerLimits,
): Promise<string> {
  const began = Date.now();
  const ticking = setInterval(() => waiting?.(Math.round((Date.now() - began) / 1000)), 1000);
  const stop = new AbortController();
  try {
    const answer = await Promise.race([
      calls.ask('initialize', introduction(), startMs),
      untilAborted(signal, stop.signal),
    ]);
    calls.tell('initialized');
    const { userAgent } = answer as { userAgent?: unknown };
    return typeof userAgent === 'string' ? userAgent : '';
  } catch (error) {
    // Who stops something knows why, and looks for that reason.
    signal?.throwIfAborted();
    throw new Error(`Codex did not start: ${whyNot(codex, error)}`, { cause: error });
  } finally {
    clearInterval(ticking);
    stop.abort();
  }
}

/** Fails when the first signal comes; after the second one it no longer listens. */
function untilAborted(signal: AbortSignal | undefined, until: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stopped = () => reject(new Error('the start of Codex was stopped'));
    signal?.addEventListener('abort', stopped, { once: true, signal: until });
  });
}

function introduction(): object {
  return {
    clientInfo: {
      name: 'codex-session-health',
      title: 'Codex Session Health',
      // Only a built program has a version.
      version: typeof PRODUCT_VERSION === 'undefined' ? '0.0.0' : PRODUCT_VERSION,
    },
    capabilities: { experimentalApi: true },
  };
}

function whyNot(codex: CodexProcess, error: unknown): string {
  const departure = codex.departure();
  if (departure === null) return error instanceof Error ? error.message : String(error);
  return departure.words === '' ? departure.how : departure.words;
}

/** Asked once, when it is first needed. A question that failed is asked again. */
function createKnowing(calls: Calls): AppServer['knows'] {
  let asked: Promise<ReadonlySet<string>> | null = null;
  return async method => {
    asked ??= readMethodNames(() => calls.ask(NO_METHOD, {}));
    try {
      return (await asked).has(method);
    } catch (error) {
      asked = null;
      throw error;
    }
  };
}

/**
 * All that the pages hold, which may be less than all that there is: up to Codex 0.160 a cursor
 * names a second, and what shares it with the last entry of a page is on no page.
 */
async function readPages(
  calls: Calls,
  method: string,
  params: object,
  atMost: number,
): Promise<readonly unknown[]> {
  const entries: unknown[] = [];
  const cursors = new Set<string>();
  let next: object = {};
  for (let page = 0; page < atMost; page += 1) {
    const answer = await calls.ask(method, { limit: PAGE, ...params, ...next });
    const { data, nextCursor } = answer as { data?: unknown; nextCursor?: unknown };
    if (!Array.isArray(data)) throw new Error(`what Codex answers to ${method} is not a list`);
    for (const entry of data as unknown[]) entries.push(entry);
    // A cursor that comes again leads through the same pages for ever.
    if (typeof nextCursor !== 'string' || cursors.has(nextCursor)) return entries;
    cursors.add(nextCursor);
    next = { cursor: nextCursor };
  }
  throw new Error(`what Codex answers to ${method} has no end`);
}
