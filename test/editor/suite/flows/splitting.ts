import assert from 'node:assert/strict';
import { askHosts } from '../../../../src/extension/commands/askHosts.ts';
import { orTell } from '../../../../src/extension/commands/failures.ts';
import { hostsText, outcomeText } from '../../../../src/extension/commands/outcomePage.ts';
import { splitHome } from '../../../../src/extension/commands/splitHome.ts';
import type {
  HostConfirmed,
  OpenElsewhere,
  RepairDone,
  SplitChoice,
  SplitChoices,
} from '../../../../src/protocol/repairs.ts';
import { test } from '../harness.ts';
import { doneOf, planOf, RECEIPT } from './samples.ts';
import { namesOf, refusal, sceneOf, type Answer } from './standIns.ts';

function choice(host: string, more: Partial<SplitChoice> = {}): SplitChoice {
  const home = `/home/ada/.codex-hosts/${host}`;
  return { host, isHere: false, home, threads: [`${host} 1`], inferred: [], ...more };
}

const CHOICES: SplitChoices = {
  hosts: [choice('bench', { isHere: true }), choice('gpu-1', { inferred: ['gpu-1 2'] })],
  others: [{ host: 'attic', says: 'attic: it has another home.', isUnseen: false }],
  shells: ['/bin/zsh'],
};

function confirmed(host: string, answer: HostConfirmed['answer']): HostConfirmed {
  return { host, home: `/homes/${host}`, answer, says: [`What is so on ${host}.`] };
}

interface Told {
  readonly choices?: SplitChoices;
  readonly elsewhere?: readonly OpenElsewhere[];
  readonly done?: Partial<RepairDone>;
  /** What the hosts answer, one look after the other. */
  readonly took?: (readonly HostConfirmed[])[];
}

async function split(
  { choices = CHOICES, elsewhere = [], done = {}, took = [] }: Told,
  ...answers: readonly Answer[]
) {
  const looks = [...took];
  const scene = sceneOf(
    {
      'codexHealth/splitChoices': () => choices,
      'codexHealth/plan': ({ wish }) =>
        planOf(wish, { repairs: 5, needs: ['codex-stopped', 'codex-started'], elsewhere }),
      'codexHealth/apply': () => doneOf({ applied: 3, healed: ['bench 1', 'gpu-1 1'], ...done }),
      'codexHealth/confirmSplit': () => looks.shift() ?? null,
      'codexHealth/undo': () => ({ receipt: RECEIPT, undone: 5, left: [] }),
    },
    ...answers,
  );
  await splitHome(scene.context);
  scene.end();
  return scene;
}

const BOTH = ['bench', 'gpu-1'];
const SURE = /^Those that were seen/;

test('a split is planned for the hosts that were chosen, agreed to, and held against each host', async () => {
  const took = [[confirmed('bench', 'yes'), confirmed('gpu-1', 'yes')]];
  const scene = await split({ took }, BOTH, SURE, 'By link', 'Split', undefined);
  assert.deepEqual(namesOf(scene), ['splitChoices', 'plan', 'apply', 'confirmSplit']);
  const wish = {
    kind: 'split',
    hosts: [
      { host: 'bench', threads: ['bench 1'] },
      { host: 'gpu-1', threads: ['gpu-1 1'] },
    ],
    shells: ['/bin/zsh'],
    shared: 'link',
    closed: [],
  };
  assert.deepEqual(scene.asked[1]?.[1], { wish });
  assert.deepEqual(scene.asked[2]?.[1], { wish, sha: 'sha256-1', waits: true });
  assert.deepEqual(scene.asked[3]?.[1], { receipt: RECEIPT });
  const question = scene.heard.find(words => words.startsWith('ask:')) ?? '';
  assert.match(question, /^ask: Give each of 2 hosts a Codex home of its own\?\nNothing is lost\./);
  assert.match(question, /• gpu-1: threads that go there: 1\n/);
  assert.match(question, /Every Codex has to be closed for it on all of these hosts\./);
  assert.match(
    scene.heard.at(-1) ?? '',
    /^information: Hosts that have a Codex home of their own now: bench, gpu-1\. Threads that went there: 2\. .*Each host uses its new home\. Codex may be started again\. \| Undo \| Show$/,
  );
});

test('who cannot take part is named where hosts are chosen, and all others are chosen beforehand', async () => {
  const scene = await split({}, undefined);
  assert.match(scene.heard[0] ?? '', /\| ☑ bench \| ☑ gpu-1 \| attic: it has another home\.$/);
  assert.deepEqual(namesOf(scene), ['splitChoices']);
});

const UNSEEN: SplitChoices = {
  ...CHOICES,
  others: [
    { host: 'attic', says: 'attic: it did not answer.', isUnseen: true },
    { host: 'barn', says: 'barn: it has another home.', isUnseen: false },
  ],
};

test('of a host that nobody can see the person says first that no Codex runs there', async () => {
  const scene = await split(
    { choices: UNSEEN },
    ...[BOTH, 'No Codex Runs There', SURE, 'By link', undefined],
  );
  const [question = ''] = scene.heard.filter(words => words.startsWith('ask:'));
  assert.match(
    question,
    /^ask: Does a Codex run on attic\?\n• attic: it did not answer\.\n\nA Codex/,
  );
  assert.match(question, /name them in the setting codexHealth\.hosts, and look again\./);
  assert.match(question, /\| Look Again \| No Codex Runs There$/);
  const { wish } = scene.asked[1]?.[1] as { wish: { closed: unknown } };
  assert.deepEqual(wish.closed, ['attic']);
  const consent = scene.heard.filter(words => words.startsWith('ask:'))[1] ?? '';
  assert.match(consent, /Nobody can see that, and you have said it, of: attic/);
});

test('without that word nothing is planned, and the hosts can be looked at again', async () => {
  const left = await split({ choices: UNSEEN }, BOTH, undefined);
  assert.deepEqual(namesOf(left), ['splitChoices']);
  const again = await split({ choices: UNSEEN }, BOTH, 'Look Again', undefined);
  assert.deepEqual(namesOf(again), ['splitChoices', 'splitChoices']);
});

test('threads whose host is only inferred go where the person says so', async () => {
  const scene = await split({}, BOTH, /^Also those/, 'As copies', undefined);
  const { wish } = scene.asked[1]?.[1] as { wish: { hosts: unknown; shared: string } };
  assert.deepEqual(wish.hosts, [
    { host: 'bench', threads: ['bench 1'] },
    { host: 'gpu-1', threads: ['gpu-1 1', 'gpu-1 2'] },
  ]);
  assert.equal(wish.shared, 'copy');
  const sure = await split({}, ['bench'], 'By link', undefined);
  assert.equal(
    sure.heard.some(words => words.includes('Which threads')),
    false,
  );
});

test('without another host that has the home it is said why, and where hosts are named', async () => {
  const scene = sceneOf(
    {
      'codexHealth/splitChoices': () => {
        throw refusal('not-shared', 'There is nothing to split.', 'Name others.');
      },
    },
    'Open Settings',
  );
  await orTell(scene.context.person, 'Could not split', () => splitHome(scene.context));
  scene.end();
  assert.deepEqual(scene.heard, [
    'warning: There is nothing to split. Name others. | Open Settings',
  ]);
  assert.deepEqual(scene.done, [['workbench.action.openSettings', 'codexHealth.hosts']]);
});

test('what is open on another host is named with how it is closed, and waited for', async () => {
  const says = 'codex (process 7) has it open';
  const open = { host: 'gpu-1', why: 'Not seen.', next: 'Retry.', programs: [{ pid: 7, says }] };
  const scene = await split(
    { elsewhere: [open] },
    ...[BOTH, SURE, 'By link', 'Wait for Codex, Then Go On', undefined],
  );
  assert.deepEqual(namesOf(scene), ['splitChoices', 'plan', 'apply', 'confirmSplit']);
  const question = scene.heard.find(words => words.startsWith('ask:')) ?? '';
  assert.match(
    question,
    /• On gpu-1: codex \(process 7\) has it open\. End it there, as with \/quit/,
  );
  assert.doesNotMatch(question, /Retry|\| Split/);
  assert.ok(scene.heard.includes('follow: Waiting until Codex is closed, then repairing | Cancel'));
  assert.equal(scene.progress[0], `gpu-1: ${says}`);
});

test('what waiting does not change on another host is named, and looked at again before anything can be done', async () => {
  const why = 'Codex on gpu-1 was not seen.';
  const scene = await split(
    { elsewhere: [{ host: 'gpu-1', why, next: 'Let it answer.', programs: [] }] },
    ...[BOTH, SURE, 'By link', 'Look Again', undefined],
  );
  assert.deepEqual(namesOf(scene), ['splitChoices', 'plan', 'plan']);
  const questions = scene.heard.filter(words => words.startsWith('ask:'));
  assert.match(questions[1] ?? '', /• Codex on gpu-1 was not seen\. Let it answer\./);
  assert.doesNotMatch(questions[1] ?? '', /\| Split|Wait for Codex/);
});

test('a host on which it has not taken is named, asked again, and told of on the page', async () => {
  const took = [
    [confirmed('bench', 'yes'), confirmed('gpu-1', 'no')],
    [confirmed('bench', 'yes'), confirmed('gpu-1', 'unknown')],
  ];
  const scene = await split(
    { took },
    ...[BOTH, SURE, 'By link', 'Split', 'Ask the Hosts Again', 'Undo'],
  );
  assert.deepEqual(namesOf(scene).slice(3), ['confirmSplit', 'confirmSplit', 'undo']);
  const told = scene.heard.filter(words => words.startsWith('warning:'));
  assert.match(told[0] ?? '', /gpu-1 does not use its new home yet\. What is so on gpu-1\./);
  assert.match(told[1] ?? '', /Whether gpu-1 uses its new home is not known\./);
  const page = outcomeText(doneOf({ healed: ['a'] }), took[0]);
  assert.match(page, /Hosts of the split \(2\)\n {2}bench, \/homes\/bench: in use\. What is so/);
  assert.match(page, /gpu-1, \/homes\/gpu-1: not in use yet\./);
  assert.match(page, /Threads that went to their hosts \(1\)\n {2}a\n/);
});

test('hosts are asked by a command of its own, which can be left, and as often as somebody wants', async () => {
  const looks = [
    [confirmed('bench', 'yes'), confirmed('gpu-1', 'no')],
    [confirmed('bench', 'yes'), confirmed('gpu-1', 'yes')],
  ];
  const scene = sceneOf(
    { 'codexHealth/confirmSplit': () => looks.shift() ?? null },
    ...['Ask the Hosts Again', 'Show'],
  );
  await askHosts(scene.context);
  scene.end();
  assert.deepEqual(scene.asked, [
    ['codexHealth/confirmSplit', { receipt: null }],
    ['codexHealth/confirmSplit', { receipt: null }],
  ]);
  assert.deepEqual(scene.heard, [
    'follow: Asking each host whether it uses its new home | Cancel',
    'warning: gpu-1 does not use its new home yet. What is so on gpu-1. | Ask the Hosts Again | Show',
    'follow: Asking each host whether it uses its new home | Cancel',
    'information: Each host uses its new home. | Show',
  ]);
  assert.match(String(scene.done.at(-1)), /^show,codex-health-outcome:\/hosts-/);
  const text = hostsText([confirmed('gpu-1', 'yes')]);
  assert.match(text, /gpu-1, \/homes\/gpu-1: in use\. What is so on gpu-1\./);
});

test('a split that could not be made asks no host whether it took', async () => {
  const failed = [{ what: 'split', why: 'the disk is full' }];
  const done = { applied: 0, healed: [], failed };
  const scene = await split({ done }, BOTH, SURE, 'By link', 'Split', undefined);
  assert.deepEqual(namesOf(scene), ['splitChoices', 'plan', 'apply']);
  assert.match(scene.heard.at(-1) ?? '', /^warning: The home was not split\..* The disk is full\./);
});
