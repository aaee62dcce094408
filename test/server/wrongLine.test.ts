// Every finding of a thread points at the line that is wrong: homes with each defect, and the line of the
// document at which its marker stands.

import { expect, test } from 'vitest';
import type { Finding } from '../../src/engine/model/finding.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { factsOf } from '../../src/server/record.ts';
import { home, HOME, idOf, type HomeBuilder } from '../support/home.ts';
import { packedRollout } from '../support/packedRollout.ts';
import { rolloutPath } from '../support/rolloutPath.ts';
import { openEditor } from './editor.ts';

const FILE = rolloutPath('one');

/** A home with the defect, and what the marked line looks like. */
const CASES: Readonly<Record<string, readonly [HomeBuilder, RegExp]>> = {
  'thread-row-missing': [home().thread('one', { row: false }), /^entry +none$/],
  'thread-file-missing': [home().thread('one', { file: false }), /^file +.*\(not there\)$/],
  'thread-path-stale': [
    home().thread('one', { row: { rollout_path: `${HOME}/sessions/2025/01/01/x.jsonl` } }),
    /^file +.*x\.jsonl \(not there\)$/,
  ],
  'thread-bound-to-other': [
    home()
      .thread('two')
      .thread('one', { row: { rollout_path: `${HOME}/${rolloutPath('two')}` } }),
    new RegExp(`^file +.*${rolloutPath('two')}$`),
  ],
  'thread-file-duplicate': [
    home()
      .thread('one')
      .thread('c', {
        row: false,
        header: { id: idOf('one') },
        at: rolloutPath('one').replace('T11', 'T09'),
      }),
    /^file +sessions\/.*\.jsonl$/,
  ],
  'thread-archive-mismatch': [
    home().thread('one', { row: { archived: 1 } }),
    /^archived +yes; the file lies among the active ones$/,
  ],
  'thread-cwd-missing': [home().thread('one', { cwd: '/home/ada/gone' }), /^directory +.*gone$/],
  'thread-cwd-mismatch': [
    home().thread('one', { row: { cwd: 'rel/dir' } }),
    /^directory +rel\/dir in the database, .* in the file$/,
  ],
  'thread-provider-mismatch': [
    home().thread('one', { row: { model_provider: 'openai' } }),
    /^provider +openai in the database, mock in the file$/,
  ],
  'thread-source-mismatch': [
    home().thread('one', { row: { source: 'exec' } }),
    /^started by +exec in the database, vscode in the file$/,
  ],
  'thread-preview-missing': [
    home().thread('one', { row: { preview: '', title: '', first_user_message: '' } }),
    /^preview +none$/,
  ],
  'thread-name-lost': [home().thread('one').name('one', 'My Name'), /^name +none$/],
  'thread-untitled': [home().thread('one', { prompt: null }), /^title +none$/],
  'thread-history-missing': [
    home().thread('one', { projected: false }).thread('two'),
    /^in thread history +no$/,
  ],
  'thread-fork-parent-missing': [
    home().thread('one', {
      header: { forked_from_id: idOf('gone'), forked_from_ordinal_exclusive: 3 },
    }),
    new RegExp(`^ {2}forked from +${idOf('gone')}$`),
  ],
  'thread-temporary': [home().thread('one', { cwd: '/tmp/gone' }), /^directory +\/tmp\/gone$/],
  'thread-other-host': [
    home()
      .thread('one')
      .kept('hosts/pins.json', { threads: { [idOf('one')]: 'gpu-1' }, projects: {} }),
    /^host +gpu-1 \(You said that it belongs to gpu-1\.\)$/,
  ],
  'row-undecodable': [
    home().thread('one', { row: { history_mode: 'strange' } }),
    /^entry +(?!can be read|none)\S/,
  ],
  'rollout-header-bad': [
    home().thread('one', { header: { cwd: undefined }, text: sound => large(sound) }),
    /^ {2}beginning +incomplete/,
  ],
  'rollout-id-mismatch': [
    home().thread('one', { header: { id: idOf('dead') }, text: sound => large(sound) }),
    /^ {2}describes +session /,
  ],
  'rollout-misnamed': [
    home().thread('one', {
      at: 'sessions/2026/11/21/rollout-foo.jsonl',
      row: { rollout_path: `${HOME}/${FILE}` },
    }),
    /^file +sessions\/.*foo\.jsonl$/,
  ],
  'rollout-line-bad': [
    home().thread('one', { text: sound => sound.slice(0, -20) }),
    /^ {2}end +the last line is cut off$/,
  ],
  'rollout-twin': [
    home().thread('one').file(`${FILE}.zst`, packedRollout('one')),
    /^another file +sessions\/.*\.zst$/,
  ],
};

test.each(Object.entries(CASES))('%s', async (check, [builder, line]) => {
  const { text, marker } = await marked(builder, check);
  const { start, end } = marker.range;
  const markedLine = text.split('\n')[start.line] ?? '';
  expect(markedLine).toMatch(line);
  expect(start.line).toBeGreaterThan(1);
  expect(markedLine.slice(start.character, end.character)).not.toBe('');
});

test('a provider that only the newest settings name is marked there', async () => {
  const settings = { thread_settings: { model_provider_id: 'openai', cwd: '/home/ada/work/one' } };
  const more = [{ type: 'event_msg', payload: { type: 'thread_settings_applied', ...settings } }];
  const { text, marker } = await marked(home().thread('one', { more }), 'thread-provider-mismatch');
  expect(text.split('\n')[marker.range.start.line]).toMatch(
    /^ {2}newest settings +provider openai/,
  );
});

test('a thread that is at fault nowhere else has at least the line of its finding', () => {
  const finding: Finding = {
    ...{ id: 'thread-strange:x', check: 'thread-strange', severity: 'note', says: '', facts: {} },
    ...{
      subject: { kind: 'thread', key: 'x', path: null },
      threads: [],
      cures: [],
      accepted: false,
    },
  };
  expect(factsOf(finding)).toEqual(['finding.thread-strange:x']);
});

test('every check about threads is tried here', () => {
  const { checks } = createEngine(home().build().world);
  // About a program, or another home, and on the page of the home; a gigabyte is not made here.
  const elsewhere = [
    ...['rollout-unreadable-by-old-codex', 'thread-file-elsewhere'],
    'rollout-oversized',
  ];
  const untried = checks
    .map(({ id }) => id)
    .filter(id => /^(?:thread|row|rollout)-/.test(id))
    .filter(id => !(id in CASES) && !elsewhere.includes(id));
  expect(untried).toEqual([]);
});

test('what is wrong for many is marked on the record of each that is open', async () => {
  const builder = home()
    .thread('one', { row: { rollout_path: `/copy/${FILE}` } })
    .elsewhere(`/copy/${FILE}`, FILE);
  const editor = await openEditor(builder.build().world, { settings: { home: HOME } });
  const [{ uri } = { uri: '' }] = await editor.threads('/home/ada/work/one');
  await editor.tell('codexHealth/pages', { uris: [uri] });
  await editor.ask('codexHealth/refresh');
  const [marker] = editor.markers.get(uri) ?? [];
  expect(marker?.code).toBe('thread-file-elsewhere');
  const line = (await editor.text(uri)).split('\n')[marker?.range.start.line ?? 0];
  expect(line).toBe(
    `file                  /copy/${FILE} (there, and not among the files of this home)`,
  );
});

test('small rollouts are marked at the line itself', async () => {
  for (const [check, header] of [
    ['rollout-header-bad', { cwd: undefined }],
    ['rollout-id-mismatch', { id: idOf('dead') }],
  ] as const) {
    const builder = home().thread('one', { header });
    const editor = await openEditor(builder.build().world, {
      settings: { home: HOME, problems: 'all' },
    });
    const [uri] =
      [...editor.markers].find(([, list]) => list.some(({ code }) => code === check)) ?? [];
    expect(uri).toBe(`file://${HOME}/${FILE}`);
  }
});

const databases: Readonly<Record<string, readonly [HomeBuilder, RegExp]>> = {
  'migration-rows-missing': [
    home().thread('one').state('DELETE FROM _sqlx_migrations WHERE version = 15'),
    /^ *15 +recorded: no · expected: yes · found: yes · /,
  ],
  'migration-partial': [
    home().thread('one').state('UPDATE _sqlx_migrations SET success = 0 WHERE version = 62'),
    /^ *62 +recorded: as not finished · expected: yes · found: yes · /,
  ],
  'migration-checksum-foreign': [
    home().thread('one').state("UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 7"),
    /^ *7 +recorded: with a checksum that is nobody’s · expected: yes/,
  ],
  'schema-object-missing': [
    home().thread('one').state('DROP TABLE projects'),
    /^missing +table projects$/,
  ],
  'backfill-unfinished': [
    home().thread('one').state("UPDATE backfill_state SET status = 'strange'"),
    /^reading of the files +strange/,
  ],
  'wal-held-by-stale-process': [
    home()
      .thread('one')
      .holder({ deletedFiles: [`${HOME}/state_5.sqlite-wal`] }),
    /^write-ahead log +/,
  ],
};

test.each(Object.entries(databases))(
  'the page of a database: %s',
  async (check, [builder, line]) => {
    const { text, marker } = await marked(builder, check);
    expect(text.split('\n')[marker.range.start.line]).toMatch(line);
  },
);

async function marked(builder: HomeBuilder, check: string) {
  const editor = await openEditor(builder.build().world, {
    settings: { home: HOME, problems: 'all' },
  });
  for (const [uri, list] of editor.markers)
    for (const marker of list)
      if (marker.code === check && uri.startsWith('codex-health:'))
        return { text: await editor.text(uri), marker };
  throw new Error(`no marker of ${check}`);
}

/** Too large for an editor, so that the record speaks for it. */
function large(text: string): string {
  return text + `${' '.repeat(1000)}\n`.repeat(1100);
}
