import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { home, idOf, type HomeBuilder } from '../support/home.ts';
import { livedIn } from './reports.ts';
import { terminal, typed } from './runCli.ts';

const FILE = '/home/ada/bundle.json';

async function bundled(builder: HomeBuilder): Promise<string> {
  const { code, written, err } = await terminal(builder).type('bundle', FILE);
  expect([code, err]).toEqual([0, '']);
  return written.get(FILE) ?? '';
}

test('a bundle says what somebody needs to help', async () => {
  const bundle = JSON.parse(await bundled(livedIn())) as Readonly<Record<string, unknown>>;
  expect(bundle).toMatchObject({
    schemaVersion: 1,
    kind: 'codex-session-health-bundle',
    runtime: { platform: 'linux', arch: 'x64', node: 'v24.0.0' },
    report: {
      tool: { name: 'codex-session-health', version: '0.1.0' },
      home: { path: '«home»', hostname: '«host 1»' },
      counts: { threads: 6, archived: 1 },
    },
    config: { state: 'read', provider: '«provider 1»' },
    codexes: [{ version: '0.169.0' }, { version: '0.142.0' }],
  });
});

test('the same name is the same word everywhere', async () => {
  const builder = home().thread('t1', { row: false, cwd: '/home/ada/work/two' }).thread('t2');
  const { report, threads } = JSON.parse(await bundled(builder)) as {
    readonly report: { readonly findings: readonly { readonly threads: readonly string[] }[] };
    readonly threads: readonly { readonly id: string; readonly cwd: string }[];
  };
  const [finding] = report.findings;
  expect(threads).toMatchObject([
    { id: finding?.threads[0], cwd: expect.stringMatching(/^«project \d»$/) as string },
  ]);
  expect(finding?.threads[0]).toMatch(/^«thread \d»$/);
});

describe('is refused', () => {
  test('when the file is there already, before looking', async () => {
    const { code, err } = await typed(home(), ['bundle', FILE], { existing: [FILE] });
    expect(code).toBe(3);
    expect(err).toContain('There is something at');
  });

  test('when the file would lie in the home', async () => {
    const { code, written } = await typed(home(), ['bundle', '/home/ada/.codex/b.json']);
    expect([code, written.size]).toEqual([3, 0]);
  });
});

/** Words that stand nowhere by chance, one for each place where somebody could be recognised. */
const secrets = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{5,9}$/), { minLength: 32, maxLength: 32 })
  .map(words => words.map(word => `zq${word}`));

/** A home that has a secret wherever a home can have one. */
function homeWith(secret: readonly string[]): HomeBuilder {
  const at = (index: number) => secret[index] ?? '';
  const remote = [{ hostId: at(0), remotePath: `/srv/${at(1)}/x` }];
  return home()
    .config(
      `model_provider = "${at(2)}"\n[model_providers.${at(3)}]\nbase_url = "https://${at(4)}/"\n`,
    )
    .codex(`0.169.0-${at(5)}`, { path: `/opt/${at(6)}/codex` })
    .name('t1', at(7))
    .file('.codex-global-state.json', JSON.stringify({ 'remote-projects': remote }))
    .file(`sessions/2026/11/21/rollout-${at(8)}.jsonl`, `{"${at(9)}": 1`)
    .file(`sessions/2026/11/20/${at(10)}/rollout-x.jsonl`, `${at(11)}\n`)
    .trouble(`sessions/2026/11/19/${at(12)}`, 'broken', `EIO: ${at(13)}, open '/x/${at(14)} y/z'`)
    .thread('t1', {
      row: false,
      prompt: `please ${at(15)} the ${at(16)}`,
      cwd: `/home/ada/${at(17)}/${at(18)}`,
      provider: at(19),
      source: { subagent: { thread_spawn: { agent_nickname: at(20), [at(21)]: 1 } } },
      header: { originator: at(22), cli_version: at(23) },
    })
    .thread('t2', {
      at: 'sessions/2026/11/21/rollout-elsewhere.jsonl',
      header: { git: { branch: at(24), commit_hash: at(25), repository_url: `ssh://${at(26)}` } },
      row: {
        title: `${at(27)} and more`,
        name: at(28),
        agent_nickname: at(29),
        cli_version: at(30),
        git_origin_url: `https://u:${at(31)}@example.org/`,
      },
    })
    .thread('t3', { row: { id: at(5), rollout_path: `/mnt/${at(6)}/rollout.jsonl` } })
    .filesystem({
      type: 'nfs4',
      isNetwork: true,
      mountPoint: `/mnt/${at(7)}`,
      options: `rw,addr=${at(8)},vers=4.2`,
    });
}

test('no secret survives, in the bundle or in the report for an issue', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, async words => {
      const bundle = await bundled(homeWith(words));
      const { out: markdown } = await terminal(homeWith(words)).type('scan', '--markdown');
      const { out: plain } = await terminal(homeWith(words)).type('threads', '--json');
      // The secrets were there to be seen.
      expect(words.filter(word => plain.includes(word)).length).toBeGreaterThan(4);
      for (const text of [bundle, markdown]) {
        expect(words.filter(word => text.toLowerCase().includes(word))).toEqual([]);
        expect(text).not.toMatch(/\bada\b|workbench|please/);
        expect(text).not.toContain(idOf('t1'));
      }
    }),
    { numRuns: 8, endOnFailure: true },
  );
});
