import { expect, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { expectRepairs } from '../support/expectRepairs.ts';
import { home, idOf } from '../support/home.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { rolloutPath } from '../support/rolloutPath.ts';

const blank = { preview: '', title: '', first_user_message: '' };
const withImage = (text: string) => ({
  type: 'event_msg',
  payload: {
    type: 'item_completed',
    item: { type: 'UserMessage', content: [{ type: 'text', text }, { type: 'image' }] },
  },
});

test('preview and title are empty', () =>
  expectFindings(home().thread('t1', { row: blank }).thread('t2')).toBe(
    'warning thread-preview-missing t1',
  ));

test('the preview alone is empty', () =>
  expectFindings(home().thread('t1', { row: { preview: '' } })).toBe(
    'warning thread-preview-missing t1',
  ));

test('the title alone is empty', () =>
  expectFindings(home().thread('t1', { row: { title: '' } })).toBe(
    'warning thread-preview-missing t1',
  ));

test('also in a thread with legacy history', () =>
  expectFindings(home().thread('t1', { mode: 'legacy', row: blank })).toBe(
    'warning thread-preview-missing t1',
  ));

test('not, when nobody ever said anything', () =>
  expectFindings(home().thread('t1', { prompt: null, row: { name: 'Kept' } })).toBe());

test('not, when the message has nothing but what an editor put in front', () =>
  expectFindings(
    home().thread('t1', {
      prompt: '# Context from my IDE setup:\n\n## My request for Codex:\n',
      row: { ...blank, name: 'Kept' },
    }),
  ).toBe());

test('a message that is only an image has a preview and no title', () =>
  expectFindings(
    home().thread('t1', {
      prompt: null,
      more: [withImage('')],
      row: { preview: '[Image]', title: '' },
    }),
  ).toBe());

test('and is missed when the preview is empty', () =>
  expectFindings(home().thread('t1', { prompt: null, more: [withImage('')], row: blank })).toBe(
    'warning thread-preview-missing t1',
  ));

test('is taken from a compressed file as well', async () => {
  const packed = home()
    .thread('t1', { file: false, row: blank })
    .file(`${rolloutPath('t1')}.zst`, packedRollout('t1'));
  expect(await expectRepairs(packed)).toEqual([`thread-preview-missing:${idOf('t1')}`]);
});

test('not, when only the first message was emptied, as Codex 0.142 does it', () =>
  expectFindings(home().thread('t1', { row: { first_user_message: '' } })).toBe());

test('says that lists leave it out', () =>
  expectFindings(home().thread('t1', { row: blank })).toSay(
    'thread-preview-missing',
    'The database has lost the beginning of its first message: lists from the database leave it out.',
  ));

test('says that only the title is missing', () =>
  expectFindings(home().thread('t1', { row: { title: '' } })).toSay(
    'thread-preview-missing',
    'The database has lost its title, which is the beginning of its first message: lists show it without one.',
  ));

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(
    home().thread('t1', { row: blank }).trouble('state_5.sqlite'),
    'thread-preview-missing',
  ).toBe('unknown'));
