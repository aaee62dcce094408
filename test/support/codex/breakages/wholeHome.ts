// Breakages of several things at once: a thread's row and file, the configuration, a whole database.

import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { databaseNames, removeDatabase } from '../databases.ts';
import { editMeta, editText, readMeta } from '../rollouts.ts';
import { notApplicable, plainRollout, setRow, stateDatabase } from './breakage.ts';
import type { Breakage } from './breakage.ts';

export const wholeHomeBreakages: readonly Breakage[] = [
  {
    name: 'base',
    target: null,
    about: 'Nothing is broken; the control.',
    apply: () => undefined,
  },
  {
    name: 'cwd-gone-both',
    target: 'A',
    about: 'The row and the rollout have a working directory that does not exist.',
    apply: home => {
      const file = plainRollout(home, 'A');
      const cwd = readMeta(file)?.cwd ?? notApplicable('the rollout has no working directory');
      setRow(home, 'A', { cwd: `${cwd}-gone` });
      editText(file, text => text.replaceAll(JSON.stringify(cwd), JSON.stringify(`${cwd}-gone`)));
    },
  },
  {
    name: 'both-provider-unknown',
    target: 'A',
    about: 'The row and the rollout have a provider that is not configured.',
    apply: home => {
      const file = plainRollout(home, 'A');
      setRow(home, 'A', { model_provider: 'gone' });
      editMeta(file, meta => {
        meta.model_provider = 'gone';
      });
      editText(file, text =>
        text.replaceAll('"model_provider_id":"mock"', '"model_provider_id":"gone"'),
      );
    },
  },
  {
    name: 'config-provider-other',
    target: null,
    about: 'The configuration now uses another provider; all threads have the old one.',
    apply: home => {
      editText(path.join(home.folder, 'config.toml'), text => {
        const section = text.slice(text.indexOf('[model_providers.mock]'));
        const second = section
          .replace('model_providers.mock]', 'model_providers.mock2]')
          .replace('"Mock"', '"Mock2"');
        return `${text.replace('model_provider = "mock"', 'model_provider = "mock2"')}\n${second}`;
      });
    },
  },
  {
    name: 'config-broken',
    target: null,
    about: 'The configuration has a syntax error.',
    apply: home => {
      appendFileSync(path.join(home.folder, 'config.toml'), '\nfoo = [unclosed\n');
    },
  },
  {
    name: 'db-deleted',
    target: null,
    about: 'The state database is gone.',
    apply: home => {
      removeDatabase(stateDatabase(home));
    },
  },
  {
    name: 'db-garbage',
    target: null,
    about: 'The state database is 8 KiB of noise.',
    apply: home => {
      const file = stateDatabase(home);
      removeDatabase(file);
      // The same noise every time, so that a surprise can be looked at again.
      writeFileSync(file, createHash('shake256', { outputLength: 8192 }).update('noise').digest());
    },
  },
  {
    name: 'history-db-deleted',
    target: null,
    about: 'The database of the thread history is gone (Codex 0.160 and later).',
    apply: home => {
      const names = databaseNames(home.folder, /^thread_history_\d+\.sqlite$/);
      if (names.length === 0) {
        notApplicable('this release has no database of the thread history');
      }
      for (const name of names) {
        removeDatabase(path.join(home.folder, name));
      }
    },
  },
];
