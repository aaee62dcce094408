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

  test('needs no home', async () => {
    expect((await typed(home(), ['explain', '--home', '/nowhere'])).code).toBe(0);
  });
});
