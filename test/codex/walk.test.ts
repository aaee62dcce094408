// The walk of the README: a sick home becomes healthy and sick again through the command line, and at
// each stage the real Codex says what it lists.

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, inject, test } from 'vitest';
import { idOf } from '../support/home.ts';
import { startAppServer } from '../support/codex/appServer.ts';
import { installCodex } from '../support/codex/binaries.ts';
import { withScratchFolder } from '../support/codex/cache.ts';
import { homePicture, pictureDifferences } from '../support/codex/homePicture.ts';
import { writeSampleHome } from '../editor/sampleHome.ts';

/** Its path is stale, it has no row, its flag and its folder disagree. */
const SICK = ['w3', 'w2', 't2'];

test('from sick to healthy and back', async () => {
  const codex = await installCodex('0.169.0');
  await withScratchFolder(async root => {
    const { folder } = await writeSampleHome(root);
    const type = (...args: readonly string[]) =>
      typed(root, [...args, '--home', folder, '--codex', codex]);
    const sick = homePicture(folder);
    expect(await listed(codex, folder)).not.toEqual(expect.arrayContaining(SICK.map(idOf)));

    const before = type('scan', '--json');
    expect(before.code).toBe(1);
    const saved = type('save', path.join(root, 'copy'));
    expect(saved.code).toBe(0);
    const { plan } = type('plan', '--json').answer;
    const applied = type('apply', '--all', '--yes', '--json', '--plan', String(plan));
    expect(applied.code).toBe(0);
    expect(applied.answer).toMatchObject({ failed: [], remaining: [], confirmed: { missing: [] } });
    expect([...(applied.answer['healed'] as string[])].sort()).toEqual(
      gravest(before.answer).filter(id => !id.startsWith('thread-file-missing')),
    );
    expect(await listed(codex, folder)).toEqual(expect.arrayContaining(SICK.map(idOf)));
    // What is not on the disk is for a person to decide about.
    expect(gravest(type('scan', '--json').answer)).toEqual([`thread-file-missing:${idOf('w4')}`]);

    const { receipts } = type('history', '--json').answer;
    expect(receipts).toMatchObject([{ undoable: true, undone: false }]);
    expect(type('undo', '--yes', '--json')).toMatchObject({ code: 0, answer: { left: [] } });
    expect(pictureDifferences(sick, homePicture(folder))).toEqual([]);
    expect(gravest(type('scan', '--json').answer)).toEqual(gravest(before.answer));
  });
});

interface Typed {
  readonly code: number;
  readonly answer: Readonly<Record<string, unknown>>;
}

function typed(state: string, args: readonly string[]): Typed {
  const cli = path.join(inject('programs'), 'cli.js');
  const env = { ...process.env, XDG_STATE_HOME: path.join(state, 'state') };
  try {
    return { code: 0, answer: parsed(execFileSync(process.execPath, [cli, ...args], { env })) };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: Buffer };
    return { code: status, answer: parsed(stdout) };
  }
}

function parsed(out: Buffer): Typed['answer'] {
  const text = out.toString();
  return text.startsWith('{') ? (JSON.parse(text) as Typed['answer']) : {};
}

function gravest(report: Typed['answer']): readonly string[] {
  const findings = report['findings'] as { id: string; severity: string }[];
  return findings
    .filter(({ severity }) => severity !== 'note')
    .map(({ id }) => id)
    .sort();
}

/** What Codex lists from its database, which changes nothing. */
async function listed(codex: string, folder: string): Promise<readonly string[]> {
  const server = await startAppServer(codex, folder);
  try {
    const ids: string[] = [];
    for (const archived of [false, true]) {
      const answer = await server.call('thread/list', {
        ...{ useStateDbOnly: true, modelProviders: [], limit: 100, archived },
      });
      ids.push(...(answer as { data: { id: string }[] }).data.map(({ id }) => id));
    }
    return ids;
  } finally {
    await server.stop();
  }
}
