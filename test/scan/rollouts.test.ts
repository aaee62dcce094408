import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { scanned } from '../support/expect.ts';
import { home, idOf, PROJECT } from '../support/home.ts';

const at = (key: string) => `sessions/2026/11/21/rollout-2026-11-21T08-00-00-${idOf(key)}.jsonl`;

async function rolloutOf(builder: ReturnType<typeof home>, full = false) {
  const { report } = await scanned(builder, full);
  const [rollout] = report.snapshot.rollouts;
  if (rollout === undefined) throw new Error('there is no rollout');
  return { rollout, gaps: report.snapshot.gaps };
}

test('a compressed rollout says what the plain one does', async () => {
  const plain = (await rolloutOf(home().thread('t1', { at: at('t1') }))).rollout;
  let text = '';
  const built = home().thread('t1', { at: at('t1'), text: content => (text = content) });
  built.build();
  const packed = zlib.zstdCompressSync(new TextEncoder().encode(text));
  const builder = home()
    .thread('t1', { at: at('t1'), file: false })
    .file(`${at('t1')}.zst`, packed);
  const { rollout } = await rolloutOf(builder);
  expect(rollout.compressed).toBe(true);
  expect(rollout.head).toEqual(plain.head);
  expect(rollout.tail).toEqual(plain.tail);
});

test('a compressed rollout that is damaged is named as such', async () => {
  const { rollout } = await rolloutOf(home().file(`${at('t1')}.zst`, 'no zstd'));
  expect(rollout.head).toMatchObject({ state: 'not-json' });
  expect(rollout.head.why).toContain('cannot be unpacked');
});

test('every line is read when that is asked for, and bad ones are named', async () => {
  const text = (content: string) => content.replace('\n', '\n{"bad": tru\n\n[1]\n');
  const { rollout } = await rolloutOf(home().thread('t1', { at: at('t1'), text }), true);
  expect(rollout.body?.badLines).toEqual([
    { line: 2, why: 'it is not JSON' },
    { line: 4, why: 'it is not a JSON object' },
  ]);
});

test('the newest settings of a long rollout are found by a full scan only', async () => {
  const filler = Array.from({ length: 30 }, () => ({
    type: 'event_msg',
    payload: { type: 'agent_message', message: 'x'.repeat(4000) },
  }));
  const settings = { model_provider_id: 'newest', cwd: PROJECT };
  const more = [
    ...filler,
    { type: 'event_msg', payload: { type: 'thread_settings_applied', thread_settings: settings } },
    ...filler,
  ];
  const builder = () => home().thread('t1', { at: at('t1'), more });
  const ends = await rolloutOf(builder());
  expect(ends.rollout.tail).toMatchObject({ isWholeFile: false, settings: null });
  expect(ends.gaps).toMatchObject([{ source: 'rollout-bodies', extent: 'part' }]);
  const whole = await rolloutOf(builder(), true);
  expect(whole.rollout.tail).toMatchObject({ isWholeFile: true, settings: { provider: 'newest' } });
  expect(whole.gaps).toEqual([]);
});

test('a file that cannot be read is a gap, and the others are read', async () => {
  const builder = home()
    .thread('t1')
    .thread('t2', { at: at('t2') })
    .trouble(at('t2'));
  const { report } = await scanned(builder);
  expect(report.snapshot.gaps).toMatchObject([{ source: 'rollouts-active', extent: 'part' }]);
  expect(report.snapshot.rollouts.map(({ head }) => head.state).sort()).toEqual([
    'sound',
    'unread',
  ]);
});
