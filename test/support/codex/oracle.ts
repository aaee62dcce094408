// Asks a real Codex what it makes of a home. Listing and resuming change a home, so each question
// is put as if it were the first one after a fresh start on a fresh copy.

import { cpSync, renameSync, rmSync } from 'node:fs';
import { startAppServer, StartFailure } from './appServer.ts';
import type { Answer, AppServer } from './appServer.ts';
import type { CodexHome } from './makeHome.ts';
import { readKnownThreads } from './knownThreads.ts';
import type { KnownThreads } from './knownThreads.ts';

export interface OracleAnswer {
  readonly started: boolean;
  /** What Codex printed when it did not start, else an empty text. */
  readonly stderr: string;
  /** By thread id: the home's own threads, those of all rows and files, and those that only a list has. */
  readonly threads: Readonly<Record<string, ThreadAnswer>>;
  readonly lists: Readonly<Record<ListName, ListAnswer>>;
}

/** What Codex answers about one thread. For an archived thread the two lists are those of archived threads. */
export interface ThreadAnswer {
  /** Where the thread's file lies, else what its row says. */
  readonly archived: boolean;
  readonly scanList: boolean;
  readonly databaseList: boolean;
  readonly newest50: boolean;
  /** What was said, as it is shown turn by turn; or why it could not be read. */
  readonly turns: string;
  readonly resumable: boolean;
  readonly resumeError?: ErrorAnswer;
}

/** A list as Codex gave it: ids in its order, each as often as it came; or why there is none. */
export interface ListAnswer {
  readonly ids: readonly string[];
  readonly duplicates: readonly string[];
  readonly error?: ErrorAnswer;
}

/** `null` as code means that Codex did not answer at all. */
export interface ErrorAnswer {
  readonly code: number | null;
  readonly message: string;
}

const listRequests = {
  scan: {},
  scanArchived: { archived: true },
  database: { useStateDbOnly: true },
  databaseArchived: { useStateDbOnly: true, archived: true },
  newest50: { limit: 50, sortKey: 'created_at', archived: false, useStateDbOnly: true },
} as const;

export type ListName = keyof typeof listRequests;

/** A scan repairs rows, so each has a start of its own. Lists from the database change nothing. */
const listsPerStart: readonly (readonly ListName[])[] = [
  ['scan'],
  ['scanArchived'],
  ['database', 'databaseArchived', 'newest50'],
];

/**
 * Asks a Codex about a home. The copies take the home's own place in turn, so that no path in them
 * has to be rewritten; the home itself steps aside meanwhile and is back, untouched, in the end.
 */
export async function askOracle(codex: string, home: CodexHome): Promise<OracleAnswer> {
  const stage = new Stage(codex, home.folder);
  try {
    const known = stage.look(readKnownThreads);
    const own = Object.values(home.ids);
    const { stderr, lists, turns, resumes } = await askEverything(stage, own, known).catch(
      asNotStarted,
    );
    const listed = Object.values(lists).flatMap(list => list.ids);
    const ids = new Set([...own, ...known.ids, ...listed]);
    const threads: Record<string, ThreadAnswer> = {};
    for (const id of ids) {
      threads[id] = {
        ...threadAnswer(id, known.isArchived(id), lists, resumes),
        turns: turns.get(id) ?? notStarted.message,
      };
    }
    return { started: stderr === '', stderr, threads, lists };
  } finally {
    stage.clear();
  }
}

interface Answers {
  readonly stderr: string;
  readonly lists: Readonly<Record<ListName, ListAnswer>>;
  readonly turns: ReadonlyMap<string, string>;
  /** What went wrong when a thread was resumed, or null. */
  readonly resumes: ReadonlyMap<string, ErrorAnswer | null>;
}

async function askEverything(
  stage: Stage,
  own: readonly string[],
  known: KnownThreads,
): Promise<Answers> {
  const lists: [ListName, ListAnswer][] = [];
  for (const names of listsPerStart) {
    await stage.ask(async server => {
      for (const name of names) {
        lists.push([name, await readList(server, listRequests[name])]);
      }
    });
  }
  const listed = lists.flatMap(([, list]) => list.ids);
  const ids = [...new Set([...own, ...known.ids, ...listed])];
  const resumes = new Map<string, ErrorAnswer | null>();
  const turns = new Map<string, string>();
  for (const together of resumesPerStart(ids, known)) {
    await stage.ask(async server => {
      // Reading changes nothing, and resuming fills in what is read.
      for (const id of together) {
        turns.set(id, await readTurns(server, id));
      }
      for (const id of together) {
        resumes.set(id, await resume(server, id));
      }
    });
  }
  return { stderr: '', lists: Object.fromEntries(lists) as Answers['lists'], turns, resumes };
}

/**
 * Resuming a thread can repair its row. That changes the answer about another thread only when the
 * two have to do with one file (seen in 0.142), so threads with a file to themselves share a start.
 */
function resumesPerStart(ids: readonly string[], known: KnownThreads): readonly string[][] {
  const together = ids.filter(id => known.hasFileToItself(id));
  const alone = ids.filter(id => !together.includes(id));
  return [together, ...alone.map(id => [id])].filter(group => group.length > 0);
}

function asNotStarted(error: unknown): Answers {
  if (!(error instanceof StartFailure)) {
    throw error;
  }
  const none: ListAnswer = { ids: [], duplicates: [], error: notStarted };
  const lists = Object.fromEntries(Object.keys(listRequests).map(name => [name, none]));
  return {
    stderr: readable(error.stderr),
    lists: lists as Answers['lists'],
    turns: new Map(),
    resumes: new Map(),
  };
}

const notStarted: ErrorAnswer = { code: null, message: 'Codex did not start' };

function threadAnswer(
  id: string,
  archived: boolean,
  lists: Answers['lists'],
  resumes: Answers['resumes'],
): Omit<ThreadAnswer, 'turns'> {
  const resumed = resumes.get(id);
  const resumeError = resumed === undefined ? notStarted : resumed;
  return {
    archived,
    scanList: lists[archived ? 'scanArchived' : 'scan'].ids.includes(id),
    databaseList: lists[archived ? 'databaseArchived' : 'database'].ids.includes(id),
    newest50: lists.newest50.ids.includes(id),
    resumable: resumeError === null,
    ...(resumeError === null ? {} : { resumeError }),
  };
}

/** Reads a list to its end; one that names its own limit is of one page. */
async function readList(server: AppServer, request: object): Promise<ListAnswer> {
  const ids: string[] = [];
  const pages = 'limit' in request ? 1 : 1000;
  let cursor: string | null = null;
  for (let page = 0; page < pages && (page === 0 || cursor !== null); page += 1) {
    const answer: Answer = await server.ask('thread/list', { limit: 100, cursor, ...request });
    if ('error' in answer) {
      return { ids, duplicates: duplicatesIn(ids), error: errorAnswer(answer) };
    }
    const { data, nextCursor } = answer.result as {
      data: { id: string }[];
      nextCursor: string | null;
    };
    ids.push(...data.map(thread => thread.id));
    cursor = nextCursor;
  }
  return { ids, duplicates: duplicatesIn(ids) };
}

function duplicatesIn(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

async function readTurns(server: AppServer, threadId: string): Promise<string> {
  const answer = await server.ask('thread/read', { threadId, includeTurns: true });
  if ('error' in answer) return errorAnswer(answer).message;
  return JSON.stringify((answer.result as { thread: { turns: unknown } }).thread.turns);
}

/** Loads a thread as if a person went on with it; no turn is run. */
async function resume(server: AppServer, threadId: string): Promise<ErrorAnswer | null> {
  const answer = await server.ask('thread/resume', { threadId });
  return 'error' in answer ? errorAnswer(answer) : null;
}

function errorAnswer({ error }: Extract<Answer, { error: unknown }>): ErrorAnswer {
  return { code: error.code, message: error.message };
}

/** Leaves out the colours, and what Codex says about the machine instead of the home. */
function readable(stderr: string): string {
  return stderr
    .replaceAll(/\u001b\[[0-9;]*m/g, '')
    .split('\n')
    .filter(line => !/could not create PATH aliases|bubblewrap/.test(line))
    .join('\n')
    .trim();
}

/** The place of a home, where one fresh copy after the other is shown to Codex. */
class Stage {
  readonly #codex: string;
  readonly #folder: string;
  readonly #original: string;

  constructor(codex: string, folder: string) {
    this.#codex = codex;
    this.#folder = folder;
    this.#original = `${folder}.original`;
    renameSync(folder, this.#original);
  }

  /** Starts Codex on a fresh copy and asks; Codex is ended at once, since the copy is thrown away. */
  async ask(questions: (server: AppServer) => Promise<void>): Promise<void> {
    this.#setUp();
    const server = await startAppServer(this.#codex, this.#folder);
    try {
      await questions(server);
    } finally {
      await server.kill();
    }
  }

  /** Reads a fresh copy without Codex; reading a database can change its files. */
  look<T>(read: (folder: string) => T): T {
    this.#setUp();
    return read(this.#folder);
  }

  /** Puts the home itself back. */
  clear(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    renameSync(this.#original, this.#folder);
  }

  #setUp(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    cpSync(this.#original, this.#folder, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
    });
  }
}
