import { describe, test } from 'vitest';
import { expectFindings, expectOutcome } from '../support/expect.ts';
import { home } from '../support/home.ts';
import { homeWith, recordedDatabase } from '../support/recordedDatabase.ts';

const CHECK = 'schema-object-missing';
const ERROR = 'error schema-object-missing state_5.sqlite';
const WARNING = 'warning schema-object-missing state_5.sqlite';

const without = (...statements: string[]) =>
  home()
    .thread('t1')
    .state(...statements);
const history = (...statements: string[]) =>
  homeWith(
    'thread_history_1.sqlite',
    recordedDatabase(
      '0.169.0',
      'thread_history_1.sqlite',
      'DELETE FROM thread_turns',
      ...statements,
    ),
  );

describe('found', () => {
  for (const table of ['threads', 'backfill_state', 'thread_sections'])
    test(`Codex does not start or list without ${table}`, () =>
      expectFindings(without(`DROP TABLE ${table}`)).toBe(ERROR));

  for (const table of ['thread_spawn_edges', 'remote_control_enrollments', 'projects'])
    test(`Codex starts and lists without ${table}`, () =>
      expectFindings(without(`DROP TABLE ${table}`)).toBe(WARNING));

  for (const table of ['thread_turns', 'thread_items'])
    test(`threads with paginated history cannot be opened without ${table}`, () =>
      expectOutcome(history(`DROP TABLE ${table}`), CHECK).toBe('found'));

  test('an index, which costs time only', () =>
    expectFindings(without('DROP INDEX idx_threads_provider')).toBe(
      'note schema-object-missing state_5.sqlite',
    ));

  test('a trigger', () =>
    expectFindings(without('DROP TRIGGER threads_recency_at_after_insert')).toBe(WARNING));

  test('a table that has lost a column', () =>
    expectFindings(without('ALTER TABLE threads DROP COLUMN cli_version')).toBe(WARNING));
});

describe('not found', () => {
  test('all is there', () => expectFindings(home().thread('t1')).toBe());

  test('columns that somebody has added', () =>
    expectFindings(
      without(
        'ALTER TABLE threads ADD COLUMN mine TEXT',
        'ALTER TABLE threads ADD COLUMN more INTEGER DEFAULT 1',
        'ALTER TABLE projects ADD COLUMN mine TEXT',
      ),
    ).toBe());

  test('a table and an index that somebody has added', () =>
    expectFindings(
      without('CREATE TABLE mine (a)', 'CREATE INDEX mine_a ON threads (title)'),
    ).toBe());

  test('where notes are missing as well, that is what is said', () =>
    expectFindings(
      without('DROP TABLE thread_spawn_edges', 'DELETE FROM _sqlx_migrations WHERE version = 15'),
    ).toBe('error migration-rows-missing state_5.sqlite'));

  test('of a database that is newer than all that is known nothing is said', () =>
    expectOutcome(
      without(
        "INSERT INTO _sqlx_migrations VALUES (63, 'new', CURRENT_TIMESTAMP, 1, x'00', 1)",
        'DROP TABLE thread_spawn_edges',
      ),
      CHECK,
    ).toBe('ok'));
});

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(without('DROP TABLE threads').trouble('state_5.sqlite'), CHECK).toBe('unknown'));

test('without threads, whether a row is missing is unknown', () =>
  expectOutcome(without('DROP TABLE threads'), 'thread-row-missing').toBe('unknown'));

describe('says', () => {
  test('that Codex does not start', () =>
    expectFindings(without('DROP TABLE backfill_state').codex('0.169.0')).toSay(
      CHECK,
      'The state database lacks the table backfill_state, although it has had all its updates up to 62. Codex 0.169.0 does not start with it.',
    ));

  test('that lists fail', () =>
    expectFindings(without('DROP TABLE thread_sections')).toSay(
      CHECK,
      'The state database lacks the table thread_sections, although it has had all its updates up to 62. Codex starts, and no list that is read from the database works.',
    ));

  test('that threads cannot be opened', () =>
    expectFindings(history('DROP TABLE thread_items')).toSay(
      CHECK,
      'The history database lacks the table thread_items and 5 other parts, although it has had all its updates up to 8. Codex starts, but cannot open a thread whose history is paginated.',
    ));

  test('that something does not work', () =>
    expectFindings(
      without('DROP TABLE thread_spawn_edges', 'ALTER TABLE threads DROP COLUMN cli_version'),
    ).toSay(
      CHECK,
      'The state database lacks the table thread_spawn_edges and the index idx_thread_spawn_edges_parent_status and has the table threads in another form, although it has had all its updates up to 62. Codex starts; what it needs this for does not work or is not kept.',
    ));

  test('that it is slower', () =>
    expectFindings(without('DROP INDEX idx_threads_provider')).toSay(
      CHECK,
      'The state database lacks the index idx_threads_provider, although it has had all its updates up to 62. Codex works, only slower.',
    ));
});
