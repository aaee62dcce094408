import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home, HOME, type ThreadSpec } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const MIB = 1024 ** 2;
const GIB = 1024 * MIB;
const FILE = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl';

test('a file of more than a gigabyte', () =>
  expectFindings(ofSize(1.5 * GIB).thread('t2')).toBe(`note rollout-oversized ${FILE}`));

test('nothing for a file of just a gigabyte', () => expectFindings(ofSize(GIB)).toBe());

test('is said in one sentence', () =>
  expectFindings(ofSize(1.5 * GIB)).toSay(
    'rollout-oversized',
    `The file ${FILE} has 1.5 GiB: opening the conversation takes long.`,
  ));

test('says what fills it, when every line was read', () =>
  expectFindings(ofSize(1.5 * GIB, [compacted, image]), true).toSay(
    'rollout-oversized',
    `The file ${FILE} has 1.5 GiB (records of compaction 5 MiB, images 3 MiB): opening the conversation takes long.`,
  ));

test('nothing is said to be right when a folder cannot be read', () =>
  expectOutcome(
    home().thread('t1').file('archived_sessions/x', '').trouble('archived_sessions'),
    'rollout-oversized',
  ).toBe('unknown'));

const compacted = { type: 'compacted', payload: { message: 'x'.repeat(5 * MIB) } };
const image = {
  type: 'response_item',
  payload: { content: [{ image_url: `data:image/png;base64,${'A'.repeat(3 * MIB)}` }] },
};

/** The pages in the middle are never touched, so that they cost no memory. */
function ofSize(size: number, more: ThreadSpec['more'] = []) {
  const builder = home().thread('t1', { more });
  const small =
    builder.build().files.get(`${HOME}/${rolloutPath('t1')}`)?.bytes ?? new Uint8Array();
  const bytes = new Uint8Array(size);
  bytes.set(small);
  bytes.set(new TextEncoder().encode('\n{}\n'), size - 4);
  return builder.file(rolloutPath('t1'), bytes);
}
