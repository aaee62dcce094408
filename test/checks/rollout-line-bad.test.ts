import { test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { idOf } from '../support/home.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const FILE = 'sessions/2026/11/21/rollout-2026-11-21T11-00-00-t1.jsonl';
const torn = (text: string) => text.slice(0, -20);
const withGarbage = (text: string) => text.replaceAll('\n', '\n{"garbage": tru\n');
const filler = { type: 'response_item', payload: { text: 'x'.repeat(90_000) } };

test('a last line that was cut off', () =>
  expectFindings(home().thread('t1', { text: torn }).thread('t2')).toBe(
    `note rollout-line-bad ${FILE}`,
  ));

test('lines in the middle, when every line is read', () =>
  expectFindings(home().thread('t1', { text: withGarbage }), true).toBe(
    `note rollout-line-bad ${FILE}`,
  ));

test('bytes that are no text keep a thread with legacy history from opening', () =>
  expectFindings(binary('legacy')).toBe(`error rollout-line-bad ${FILE}`));

test('and cost one with paginated history a message', () =>
  expectFindings(binary('paginated')).toBe(`note rollout-line-bad ${FILE}`));

test('nothing for a file that just does not end with a line break', () =>
  expectFindings(home().thread('t1', { text: text => text.trimEnd() }), true).toBe());

test('nothing for a file that is being written', () =>
  expectFindings(
    home()
      .thread('t1', { text: torn })
      .holder({ writesThreads: [idOf('t1')] }),
  ).toBe());

test('nothing for line ends of Windows and empty lines', () =>
  expectFindings(
    home()
      .thread('t1', { text: text => text.replaceAll('\n', '\r\n') })
      .thread('t2', { text: text => text.replaceAll('\n', '\n\n') }),
    true,
  ).toBe());

test('says which lines', () =>
  expectFindings(
    home().thread('t1', { text: text => torn(text.replace('\n', '\nnot json\n')) }),
    true,
  ).toSay(
    'rollout-line-bad',
    `The file ${FILE} has 1 line that is no JSON (line 2) and ends in a line that was cut off: all the rest of the conversation can be read and resumed.`,
  ));

test('says what bytes do', () =>
  expectFindings(binary('legacy')).toSay(
    'rollout-line-bad',
    `The file ${FILE} contains bytes that are no text: Codex refuses to open the conversation.`,
  ));

test('says that one message is concerned', () =>
  expectFindings(binary('paginated')).toSay(
    'rollout-line-bad',
    `The file ${FILE} contains bytes that are no text: all the rest of the conversation can be read and resumed.`,
  ));

test('says of a thread with legacy history that it can be resumed', () =>
  expectFindings(home().thread('t1', { mode: 'legacy', text: torn })).toSay(
    'rollout-line-bad',
    `The file ${FILE} ends in a line that was cut off: all the rest of the conversation can be read and resumed.`,
  ));

test('nothing is said to be right when the middle of a long file was not read', () =>
  expectOutcome(home().thread('t1', { more: [filler] }), 'rollout-line-bad').toBe('unknown'));

test('and it is, when it was', () =>
  expectOutcome(home().thread('t1', { more: [filler] }), 'rollout-line-bad', true).toBe('ok'));

/** A home in which a byte of the first message is none that text has. */
function binary(mode: 'legacy' | 'paginated') {
  const builder = home().thread('t1', { mode });
  const { bytes } = builder.build().files.get(`/home/ada/.codex/${rolloutPath('t1')}`) ?? {
    bytes: new Uint8Array(),
  };
  const changed = bytes.slice();
  changed[new TextDecoder().decode(bytes).indexOf('please do')] = 0xff;
  return builder.file(rolloutPath('t1'), changed);
}
