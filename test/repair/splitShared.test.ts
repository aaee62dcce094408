// What a person has set up, in the homes that a split makes: all that Codex reads there goes along, by link or as a
// copy. What it reads was seen in the real 0.142, 0.160 and 0.169, by the files that each of them opens.

import { expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { codexInMemory, EMPTY } from '../support/codexInMemory.ts';
import { HOME, home, idOf, NOW } from '../support/home.ts';
import { createMemoryHands } from '../support/memoryHands.ts';

const CODEX = '/opt/codex/codex';
const BASHRC = '/home/ada/.bashrc';
const OWN = '/home/ada/.codex-hosts/workbench';

const SETTINGS = ['environments.toml', '.env', 'work.config.toml', 'agents/a.toml', 'skills/a.md'];
/** Codex would write into config.toml without it. */
const MARK = '.personality_migration';
/** What Codex makes in every home by itself. */
const MADE = ['skills/.system/b/SKILL.md', 'mcp-oauth-locks/file-store.lock'];

function furnished(...more: readonly string[]) {
  const builder = home()
    .thread('mine')
    .state(EMPTY)
    .file(BASHRC, 'alias l=ls\n', NOW - 1000)
    .file(CODEX, 'a program', 0)
    .codex('0.169.0', { path: CODEX, migrations: { 'state_5.sqlite': 62 } });
  return [...SETTINGS, ...MADE, ...more].reduce(
    (all, name) => all.file(name, `what is in ${name}`, NOW - 1000),
    builder,
  );
}

async function planned(shared: 'link' | 'copy', builder = furnished()) {
  const { world, files } = builder.build();
  const repairs = createRepairs(world, createMemoryHands(files, codexInMemory(files)).hands);
  const request = { home: HOME, sqliteHome: null, codex: null, full: false };
  const { units } = await repairs.planSplit(await createEngine(world).scan(request), {
    hosts: [{ host: 'workbench', home: OWN }],
    of: new Map([[idOf('mine'), 'workbench']]),
    shared,
    startUp: [{ shell: 'bash', file: BASHRC }],
  });
  const made = (kind: string) =>
    units
      .flatMap(({ steps }) => steps)
      .flatMap(step => (step.kind === kind && 'file' in step ? [step.file] : []))
      .filter(file => file.startsWith(`${OWN}/`))
      .map(file => file.slice(OWN.length + 1))
      .filter(name => name !== 'session_index.jsonl')
      .sort();
  return {
    says: units.map(({ says }) => says).join(' '),
    links: made('link'),
    copies: made('create'),
  };
}

test('all settings are linked, whatever their names', async () => {
  const { links, copies, says } = await planned('link');
  const tops = [...new Set(SETTINGS.map(name => name.replace(/\/.*/, '')))];
  expect([links, copies]).toEqual([['config.toml', ...tops].sort(), [MARK]]);
  expect(says).not.toContain('belongs to no host');
});

test('or copied, but for what Codex makes there anew', async () => {
  const { links, copies } = await planned('copy');
  expect([links, copies]).toEqual([[], ['config.toml', MARK, ...SETTINGS].sort()]);
});

test.each(['link', 'copy'] as const)(
  'log-ins of MCP servers are copied in any case (%s), and that is said',
  async shared => {
    const { links, copies, says } = await planned(shared, furnished('.credentials.json'));
    expect(links).not.toContain('.credentials.json');
    expect(copies).toContain('.credentials.json');
    expect(says).toContain('Log-ins of MCP servers (.credentials.json) are copied in any case');
    expect((await planned(shared)).says).not.toContain('Log-ins of MCP servers');
  },
);

test('skills that every Codex brings are nobody’s in the home that a host is to get, others are', async () => {
  const left = (name: string) => planned('copy', furnished(`${OWN}/skills/${name}`));
  await expect(left('.system/b/SKILL.md')).resolves.toBeDefined();
  await expect(left('mine/SKILL.md')).rejects.toMatchObject({ code: 'target-not-empty' });
});
