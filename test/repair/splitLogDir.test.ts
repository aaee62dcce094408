// A home whose config.toml names a folder for logs, split: where the log of each host is then, what of that is
// said, and that a folder of logs alone keeps nobody from a second split.

import { describe, expect, test } from 'vitest';
import { createEngine, createRepairs } from '../../src/engine/engine.ts';
import { createMemoryHands } from '../support/memoryHands.ts';
import { codexInMemory, EMPTY } from '../support/codexInMemory.ts';
import { HOME, home, idOf, NOW } from '../support/home.ts';

const CODEX = '/opt/codex/codex';
const BASHRC = '/home/ada/.bashrc';
const OWN = '/home/ada/.codex-hosts/workbench';
const MIGRATIONS = { 'state_5.sqlite': 62, 'logs_2.sqlite': 2 };

const shared = (logDir: string, version = '0.169.0') =>
  home()
    .thread('mine')
    .config(
      `model_provider = "mock"\nlog_dir = "${logDir}"\n[model_providers.mock]\nname = "Mock"\n`,
    )
    .state(EMPTY)
    .file(BASHRC, 'alias l=ls\n', NOW - 1000)
    .file(CODEX, 'a program', 0)
    .codex(version, { path: CODEX, migrations: MIGRATIONS });

async function planned(builder: ReturnType<typeof home>) {
  const { world, files } = builder.build();
  const repairs = createRepairs(world, createMemoryHands(files, codexInMemory(files)).hands);
  const report = await createEngine(world).scan({
    ...{ home: HOME, sqliteHome: null, codex: null, full: false },
  });
  const plan = await repairs.planSplit(report, {
    hosts: [{ host: 'workbench', home: OWN }],
    of: new Map([[idOf('mine'), 'workbench']]),
    shared: 'link',
    startUp: [{ shell: 'bash', file: BASHRC }],
  });
  const steps = plan.units.flatMap(({ steps }) => steps);
  const opens = steps.flatMap(step => (step.kind === 'ask' ? (step.opens ?? []) : []));
  return {
    says: plan.units.map(({ says }) => says).join(' '),
    logs: opens.map(({ file }) => file).filter(file => file.includes('logs_')),
  };
}

const SHARED = 'One log stays shared';

describe('the log', () => {
  test.each(['/var/ada/logs', '~/logs', `${HOME}/log`])('in %s is one for all', async place => {
    const { says, logs } = await planned(shared(place));
    const folder = place.replace('~', '/home/ada');
    expect(says).toContain(`${SHARED}: because of log_dir in config.toml`);
    expect(says).toContain(` in ${folder}, whatever its home is`);
    expect(logs).toEqual([`${folder}/logs_2.sqlite`]);
  });

  test('in a folder below the home is one for each', async () => {
    const { says, logs } = await planned(shared('my/log'));
    expect(says).not.toContain(SHARED);
    expect(logs).toEqual([`${OWN}/my/log/logs_2.sqlite`]);
  });

  test('of an older Codex is with the other databases', async () => {
    const { says, logs } = await planned(shared('/var/ada/logs', '0.160.0'));
    expect(says).not.toContain(SHARED);
    expect(logs).toEqual([`${OWN}/logs_2.sqlite`]);
  });
});

test('what is left of a log is nobody’s; any other file is somebody’s', async () => {
  const left = (name: string) => shared('log').file(`${OWN}/log/${name}`, 'x', NOW - 1000);
  await expect(planned(left('logs_2.sqlite-wal'))).resolves.toBeDefined();
  await expect(planned(left('notes.txt'))).rejects.toMatchObject({ code: 'target-not-empty' });
});
