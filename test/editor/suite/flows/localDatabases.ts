import assert from 'node:assert/strict';
import { Uri } from 'vscode';
import { keepDatabasesLocal } from '../../../../src/extension/commands/keepDatabasesLocal.ts';
import { outcomeText } from '../../../../src/extension/commands/outcomePage.ts';
import type { RepairDone } from '../../../../src/protocol/repairs.ts';
import { test } from '../harness.ts';
import { doneOf, planOf, RECEIPT } from './samples.ts';
import { namesOf, sceneOf, type Answer } from './standIns.ts';

const DISK = Uri.file('/scratch/ada');
const USED = { answer: 'yes', says: 'What is started here from now on uses them.' } as const;

interface Told {
  readonly others?: readonly string[];
  readonly done?: Partial<RepairDone>;
}

async function keep({ others = [], done = {} }: Told, ...answers: readonly Answer[]) {
  const scene = sceneOf(
    {
      'codexHealth/databaseChoices': () => ({ host: 'bench', others, shells: ['/bin/zsh'] }),
      'codexHealth/plan': ({ wish }) => planOf(wish, { repairs: 2, needs: ['codex-stopped'] }),
      'codexHealth/apply': () => doneOf({ healed: [], used: USED, ...done }),
      'codexHealth/undo': () => ({ receipt: RECEIPT, undone: 2, left: [] }),
    },
    ...answers,
  );
  await keepDatabasesLocal(scene.context);
  scene.end();
  return scene;
}

test('databases of this host are planned for a disk, agreed to with what it costs, and can be taken back', async () => {
  const scene = await keep({}, /^Yes, or/, DISK, 'Keep Them There', 'Undo');
  assert.deepEqual(namesOf(scene), ['databaseChoices', 'plan', 'apply', 'undo']);
  const folder = Uri.joinPath(DISK, 'codex-databases').fsPath;
  const wish = { kind: 'databases', folder, old: 'stay', shells: ['/bin/zsh'] };
  assert.deepEqual(scene.asked[1]?.[1], { wish });
  const question = scene.heard.find(words => words.startsWith('ask:')) ?? '';
  assert.ok(question.startsWith(`ask: Keep the databases of this host in ${folder}?\n`));
  assert.match(
    question,
    /• The databases are copied\. Those in the home stay for the other hosts\./,
  );
  assert.match(question, /known on the host where they were given\./);
  const told = scene.heard.find(words => words.startsWith('information: The databases')) ?? '';
  assert.ok(told.includes(`The databases of this host are in ${folder} now.`));
  assert.match(told, /uses them\. Log in anew, .* \| Undo \| Show$/);
});

test('where another host is known to have the home nobody is asked, and theirs stay', async () => {
  const scene = await keep({ others: ['gpu-1'] }, DISK, undefined);
  const { wish } = scene.asked[1]?.[1] as { wish: { old: string } };
  assert.equal(wish.old, 'stay');
});

test('where the person says that nobody else has it, they go into the backup', async () => {
  const scene = await keep({}, /^No, It/, DISK, undefined);
  const { wish } = scene.asked[1]?.[1] as { wish: { old: string } };
  assert.equal(wish.old, 'go');
  assert.match(
    scene.heard.at(-1) ?? '',
    /go into the backup, since you say that no other host has it/,
  );
});

test('databases that are not used yet are warned of, on the page too', async () => {
  const used = { answer: 'no', says: 'They are not used everywhere yet: a login shell.' } as const;
  const scene = await keep({ done: { used } }, /^Yes, or/, DISK, 'Keep Them There', undefined);
  assert.match(scene.heard.at(-1) ?? '', /^warning: .*They are not used everywhere yet/);
  const page = outcomeText(doneOf({ healed: [], used }));
  assert.match(page, /Databases of this host \(1\)\n {2}They are not used everywhere yet/);
});

test('who leaves on the way has changed nothing', async () => {
  assert.deepEqual(namesOf(await keep({}, undefined)), ['databaseChoices']);
  assert.deepEqual(namesOf(await keep({}, /^Yes, or/, undefined)), ['databaseChoices']);
});
