import { describe, expect, test } from 'vitest';
import { judge } from '../../src/engine/engine.ts';
import { typed } from '../cli/runCli.ts';
import { expectFindings, expectOutcome, scanned } from '../support/expect.ts';
import { cured } from '../support/expectRepairs.ts';
import { home, type HomeBuilder } from '../support/home.ts';
import {
  firstChecksum,
  homeWith,
  LONG_AGO,
  recordedDatabase,
  windowsChecksums,
} from '../support/recordedDatabase.ts';

const CHECK = 'migration-checksum-foreign';
const FOUND = 'error migration-checksum-foreign state_5.sqlite';
const UNIX = { firstChecksum: firstChecksum('lf') };
const WINDOWS = { firstChecksum: firstChecksum('crlf') };
const ZERO_10 = 'UPDATE _sqlx_migrations SET checksum = zeroblob(48) WHERE version = 10';

const unix = () => home().thread('t1', { mode: 'legacy' });
const windows = () => unix().state(...windowsChecksums('state_5.sqlite'));

describe('found', () => {
  test('of Windows, and the Codex here is of Linux', () =>
    expectFindings(windows().codex('0.169.0', UNIX)).toBe(FOUND));

  test('of Windows on Linux, where no Codex was found', () =>
    expectFindings(windows()).toBe(FOUND));

  test('of Windows, and Codexes of both kinds are here', () =>
    expectFindings(windows().codex('0.169.0', UNIX).codex('0.160.0', WINDOWS)).toBe(FOUND));

  test('of no known Codex', () => expectFindings(unix().state(ZERO_10)).toBe(FOUND));

  test('of both systems, whichever Codex is here', async () => {
    const mixed = () => unix().state(...windowsChecksums('state_5.sqlite', 20));
    await expectFindings(mixed()).toBe(FOUND);
    await expectFindings(mixed().codex('0.169.0', UNIX)).toBe(FOUND);
    await expectFindings(mixed().codex('0.169.0', WINDOWS)).toBe(FOUND);
  });

  test('of Windows in each database: one finding', () =>
    expectFindings(
      windows()
        .file(
          'queue_1.sqlite',
          recordedDatabase('0.169.0', 'queue_1.sqlite', ...windowsChecksums('queue_1.sqlite')),
          LONG_AGO,
        )
        .file(
          'goals_1.sqlite',
          recordedDatabase('0.169.0', 'goals_1.sqlite', ...windowsChecksums('goals_1.sqlite')),
          LONG_AGO,
        ),
    ).toBe(FOUND));

  test('of Windows in another database', () =>
    expectFindings(
      homeWith(
        'queue_1.sqlite',
        recordedDatabase('0.169.0', 'queue_1.sqlite', ...windowsChecksums('queue_1.sqlite')),
      ),
    ).toBe('error migration-checksum-foreign queue_1.sqlite'));

  test('of Linux on Windows', async () =>
    expect(await foundOnWindows(unix())).toEqual([`error ${CHECK} state_5.sqlite`]));

  test('fits this system, but a Codex of the other kind is here: a note', () =>
    expectFindings(unix().codex('0.169.0', UNIX).codex('0.160.0', WINDOWS)).toBe(
      'note migration-checksum-foreign state_5.sqlite',
    ));
});

describe('not found', () => {
  test('of Linux on Linux', async () => {
    await expectFindings(unix()).toBe();
    await expectFindings(unix().codex('0.169.0', UNIX)).toBe();
  });

  test('of Windows on Windows', async () => expect(await foundOnWindows(windows())).toEqual([]));

  test('of Windows, and so is each Codex that is here', () =>
    expectFindings(windows().codex('0.169.0', WINDOWS)).toBe());

  test('of a Codex that somebody built from texts of their own, and that is here', () =>
    expectFindings(
      unix()
        .state('UPDATE _sqlx_migrations SET checksum = zeroblob(48)')
        .codex('0.169.0', { firstChecksum: '00'.repeat(48) }),
    ).toBe());

  test('of updates that this program does not know', () =>
    expectOutcome(
      unix().state(
        "INSERT INTO _sqlx_migrations VALUES (63, 'new', CURRENT_TIMESTAMP, 1, x'00', 1)",
      ),
      CHECK,
    ).toBe('ok'));
});

test('nobody is accused when the database cannot be read', () =>
  expectOutcome(windows().trouble('state_5.sqlite'), CHECK).toBe('unknown'));

describe('Codexes of both kinds are here: a person chooses', () => {
  const both = (builder: HomeBuilder) => builder.codex('0.169.0', UNIX).codex('0.160.0', WINDOWS);
  const offered = async (builder: HomeBuilder) =>
    (await scanned(builder)).report.findings.flatMap(({ cures }) => cures.map(({ id }) => id));

  test('after it was said which of them refuses the database then', async () => {
    const args = ['plan', '--check', CHECK, '--cure', 'note-lf-checksums'];
    const { out } = await typed(both(windows()), args, { columns: 200 });
    expect(out).toContain(
      'The database has the checksums that Codex 0.169.0 expects. Codex 0.160.0 on this machine refuses them then.',
    );
  });

  test('and nothing is done by itself', async () => {
    expect(await cured(both(windows()), CHECK, null)).toBeNull();
    expect((await typed(both(windows()), ['plan', '--all'])).out).toContain(
      'repaired without a choice of yours',
    );
  });

  test('all are as the chosen kind has them, and it can be taken back', async () => {
    const mixed = unix().state(...windowsChecksums('state_5.sqlite', 20));
    const done = await cured(both(mixed), CHECK, 'note-lf-checksums');
    expect(Object.keys(done?.changed ?? {})).toEqual([expect.stringContaining('state_5.sqlite')]);
    expect(await cured(both(unix()), CHECK, 'note-crlf-checksums')).not.toBeNull();
  });

  test('only what would change something is offered', async () => {
    expect(await offered(both(windows()))).toEqual(['note-lf-checksums']);
    expect(await offered(both(unix()))).toEqual(['note-crlf-checksums']);
    expect(await offered(windows().codex('0.169.0', UNIX))).toEqual(['rewrite-checksums']);
    expect(await offered(both(unix().state(ZERO_10)))).toEqual([]);
  });
});

describe('says', () => {
  test('whose they are and who refuses them', () =>
    expectFindings(windows().codex('0.169.0', UNIX).codex('0.160.0', WINDOWS)).toSay(
      CHECK,
      'The state database notes all its updates with checksums of Codex for Windows. Codex 0.160.0 takes them. Codex 0.169.0 does not start with it.',
    ));

  test('of how many databases', () =>
    expectFindings(
      windows().file(
        'queue_1.sqlite',
        recordedDatabase('0.169.0', 'queue_1.sqlite', ...windowsChecksums('queue_1.sqlite')),
        LONG_AGO,
      ),
    ).toSay(
      CHECK,
      'The state database notes all its updates with checksums of Codex for Windows. So does one other database. Codex from 0.131 on does not start with it.',
    ));

  test('which are odd', () =>
    expectFindings(unix().state(ZERO_10, ...windowsChecksums('state_5.sqlite', 2))).toSay(
      CHECK,
      'The state database notes its updates 1, 2 and 10 with checksums of Codex for Windows and no known Codex. Codex from 0.131 on does not start with it.',
    ));

  test('what would be so for a Codex of the other kind', () =>
    expectFindings(unix().codex('0.169.0', UNIX).codex('0.160.0', WINDOWS)).toSay(
      CHECK,
      'The state database notes all its updates with checksums of Codex for Linux and macOS. Codex 0.169.0 takes them. Should it be used with this home: Codex 0.160.0 does not start with it.',
    ));
});

/** The machine of the tests is a Linux one; what was seen is judged as if it were Windows. */
async function foundOnWindows(builder: HomeBuilder): Promise<readonly string[]> {
  const { report } = await scanned(builder);
  const { snapshot } = report;
  const judged = judge({ ...snapshot, home: { ...snapshot.home, system: 'win32' } }, [CHECK]);
  return judged.findings.map(
    ({ severity, check, subject }) => `${severity} ${check} ${subject.key}`,
  );
}
