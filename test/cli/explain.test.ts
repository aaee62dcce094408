import { describe, expect, test } from 'vitest';
import { home } from '../support/home.ts';
import { typed } from './runCli.ts';

describe('explain', () => {
  test('lists all checks', async () => {
    const { code, out } = await typed(home(), ['explain']);
    expect(code).toBe(0);
    expect(out).toContain('thread-row-missing  ');
    expect(out).toContain('Warnings: something is hidden, misfiled or at risk');
  });

  test.each(['thread-row-missing', 'thread-row-missing:01a00000-0000-7000-8000-000000007431'])(
    'explains %s',
    async named => {
      const { code, out } = await typed(home(), ['explain', named]);
      expect(code).toBe(0);
      expect(out).toMatch(/^Thread is not in the database\nwarning · thread-row-missing\n\n/);
      expect(out).toContain('Nothing is lost.');
    },
  );

  test('speaks to programs', async () => {
    const { out } = await typed(home(), ['explain', 'thread-row-missing', '--json']);
    const { checks } = JSON.parse(out) as { readonly checks: readonly object[] };
    expect(checks).toMatchObject([
      { id: 'thread-row-missing', severity: 'warning', needs: { 'state-database': 'whole' } },
    ]);
  });

  test('what each repair is called, needs, and cannot do', async () => {
    const { out } = await typed(home(), ['explain', 'thread-file-missing'], { columns: 200 });
    expect(out).toContain('Put the entry without a conversation into the vault (');
    expect(out).toContain('Loses nothing. Only done when you name it.');
    expect(out).toContain('    It brings back no conversation: that is not on this disk.\n');
    const json = await typed(home(), ['explain', 'provider-hides-threads', '--json']);
    const { checks } = JSON.parse(json.out) as {
      readonly checks: readonly { readonly cures: readonly object[] }[];
    };
    expect(checks[0]?.cures).toEqual([
      expect.objectContaining({ id: 'set-provider', automatic: false, needs: ['a-choice'] }),
      expect.objectContaining({
        id: 'move-provider',
        limits: expect.stringContaining('encrypted') as string,
      }),
    ]);
  });

  test('needs no home', async () => {
    expect((await typed(home(), ['explain', '--home', '/nowhere'])).code).toBe(0);
  });
});
