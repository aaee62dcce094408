// Makes homes of many threads, as Codex 0.169 writes them: made once per size, indexed once by the
// real Codex, kept outside the tree. The same seed gives the same home.

import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { codexEnvironment } from '../test/support/codex/appServer.ts';
import { cacheFolder, makeOnce } from '../test/support/codex/cache.ts';

const DAY = 86_400_000;
/** Counts up when homes are made in another way. */
const FORMAT = 4;
/** The last day of every home; a fixed one, so that homes do not differ by the day of the bench. */
const UNTIL = Date.UTC(2026, 10, 20);
const PROJECTS = 40;
/** Fifty thousand threads take Codex some forty seconds on an idle machine. */
const MOST_INDEX_MS = 600_000;
const ARCHIVED_SHARE = 0.1;

export type Heads = 'real' | 'small';

/** A home of so many threads; `real` heads carry 21 KB of instructions, as those of Codex do. */
export async function bigHome(codex: string, threads: number, heads: Heads): Promise<string> {
  const home = cacheFolder('bench', `${String(FORMAT)}-${heads}-${String(threads)}`);
  await makeOnce(home, fresh => {
    writeHome(fresh, home, threads, heads);
    return Promise.resolve();
  });
  // Rows hold absolute paths, so the home is indexed where it stays.
  const marker = path.join(`${home}-projects`, 'indexed');
  if (!fs.existsSync(marker)) {
    await index(codex, home);
    fs.writeFileSync(marker, '');
  }
  return home;
}

function writeHome(home: string, finalHome: string, threads: number, heads: Heads): void {
  const random = makeRandom(threads);
  const texts = heads === 'real' ? makeInstructions(random) : null;
  const projects = Array.from({ length: PROJECTS }, (_, index) =>
    path.join(`${finalHome}-projects`, `project-${String(index)}`),
  );
  for (const project of projects) fs.mkdirSync(project, { recursive: true });
  fs.writeFileSync(path.join(home, 'config.toml'), CONFIG);
  for (let index = 0; index < threads; index += 1) {
    const time = Math.floor(UNTIL - (365 * DAY * (threads - index - random())) / threads);
    const archived = random() < ARCHIVED_SHARE;
    const id = makeId(time, random);
    const iso = new Date(time).toISOString();
    const folder = archived
      ? path.join(home, 'archived_sessions')
      : path.join(home, 'sessions', ...iso.slice(0, 10).split('-'));
    fs.mkdirSync(folder, { recursive: true });
    const stamp = iso.slice(0, 19).replaceAll(':', '-');
    const file = path.join(folder, `rollout-${stamp}-${id}.jsonl`);
    const cwd = projects[Math.floor(random() * PROJECTS)] ?? '';
    const instructions = texts?.[Math.floor(random() * texts.length)] ?? null;
    fs.writeFileSync(file, linesOf({ id, iso, time, cwd, instructions, index }));
    fs.utimesSync(file, time / 1000, time / 1000);
  }
}

/** Starts the real Codex on it, which answers when everything is in its database. */
function index(codex: string, home: string): Promise<void> {
  const server = spawn(codex, ['app-server'], {
    env: codexEnvironment(home),
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: MOST_INDEX_MS,
  });
  const hello = {
    id: 1,
    method: 'initialize',
    params: { clientInfo: { name: 'bench', version: '0' } },
  };
  server.stdin.write(`${JSON.stringify(hello)}\n`);
  let output = '';
  return new Promise((resolve, reject) => {
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('"id":1')) server.stdin.end();
    });
    server.once('error', reject);
    server.once('close', () => {
      if (output.includes('"id":1')) resolve();
      else reject(new Error(`Codex did not index ${home}`));
    });
  });
}

const CONFIG = `model_provider = "mock"

[model_providers.mock]
name = "Mock"
base_url = "http://127.0.0.1:9/v1"
wire_api = "responses"
`;

interface Thread {
  readonly id: string;
  readonly iso: string;
  readonly time: number;
  readonly cwd: string;
  readonly instructions: string | null;
  readonly index: number;
}

function linesOf({ id, iso, time, cwd, instructions, index }: Thread): string {
  const turn = id.replace(/^.{8}/, '01a00000');
  const prompt = `Synthetic prompt number ${String(index)}: please look at module ${String(index % 977)}`;
  const answer = `I looked at it; number ${String(index)} is done.`;
  const meta = {
    account_scoped: true,
    session_id: id,
    id,
    timestamp: iso,
    cwd,
    runtime_workspace_roots: [cwd],
    originator: 'codex_vscode',
    cli_version: '0.169.0',
    source: 'vscode',
    model_provider: 'mock',
    base_instructions:
      instructions === null
        ? null
        : { text: instructions, provenance: { type: 'model', model: 'mock-model' } },
    git: { commit_hash: id.replaceAll('-', ''), branch: 'main' },
  };
  const event = (payload: object) => ({ type: 'event_msg', payload });
  const mode = { mode: 'default', settings: { model: 'mock-model', reasoning_effort: null } };
  const rights = { approval_policy: 'on-request', approvals_reviewer: 'user' };
  const profile = { type: 'managed', file_system: { type: 'restricted' }, network: 'restricted' };
  const settings = {
    ...{ model: 'mock-model', model_provider_id: 'mock', ...rights, permission_profile: profile },
    ...{ cwd, runtime_workspace_roots: [cwd], collaboration_mode: mode, disabled_plugin_ids: [] },
  };
  const context = {
    ...{ turn_id: turn, cwd, ...rights, permission_profile: profile, model: 'mock-model' },
    ...{ collaboration_mode: mode, summary: 'none', sandbox_policy: { type: 'read-only' } },
  };
  const lines = [
    { type: 'session_meta', payload: meta },
    event({ type: 'task_started', turn_id: turn, started_at: Math.floor(time / 1000) }),
    { type: 'turn_context', payload: context },
    event({ type: 'thread_settings_applied', thread_id: id, thread_settings: settings }),
    event({
      type: 'user_message',
      message: prompt,
      images: [],
      local_images: [],
      text_elements: [],
    }),
    event({ type: 'agent_message', message: answer }),
    event({ type: 'task_complete', turn_id: turn, last_agent_message: answer, duration_ms: 5 }),
  ];
  return lines.map(line => `${JSON.stringify({ timestamp: iso, ...line })}\n`).join('');
}

/** A few different texts, as versions and models bring them: 21 KB, with quotes and line breaks. */
function makeInstructions(random: () => number): readonly string[] {
  const words = [
    'the',
    'agent',
    '"quoted"',
    'file',
    'must',
    'never',
    'plan',
    'path\\to',
    'patch',
    'run',
  ];
  return Array.from({ length: 6 }, (_, text) => {
    let content = `You are version ${String(text)}.\n`;
    while (content.length < 20_500) {
      const length = 6 + Math.floor(random() * 9);
      const line = Array.from({ length }, () => words[Math.floor(random() * words.length)] ?? '');
      content += `- ${line.join(' ')}.\n`;
    }
    return content;
  });
}

/** A UUID of version 7: 48 bits of time, the rest by chance. */
function makeId(time: number, random: () => number): string {
  const digits = (length: number) =>
    Math.floor(random() * 16 ** length)
      .toString(16)
      .padStart(length, '0');
  const stamp = time.toString(16).padStart(12, '0');
  return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${digits(3)}-a${digits(3)}-${digits(6)}${digits(6)}`;
}

/** A linear congruential generator; good enough to make names with. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
