// Breakages of rollout files: where they lie and what they are called, and what stands in them.

import { copyFileSync, mkdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CodexHome } from '../makeHome.ts';
import { projectFolder } from '../makeHome.ts';
import { editMeta, editText, isArchivedRollout } from '../rollouts.ts';
import type { SessionMeta } from '../rollouts.ts';
import {
  compress,
  deleteRow,
  madeIds,
  notApplicable,
  plainRollout,
  rollout,
  setRow,
} from './breakage.ts';
import type { Breakage } from './breakage.ts';

export const fileBreakages: readonly Breakage[] = [
  {
    name: 'file-moved-to-archived',
    target: 'A',
    about: 'The file was moved to archived_sessions, the row has the old path.',
    apply: home => {
      const file = rollout(home, 'A');
      if (isArchivedRollout(home.folder, file)) {
        notApplicable('the file is there already');
      }
      moveInto(path.join(home.folder, 'archived_sessions'), file);
    },
  },
  {
    name: 'file-moved-out-of-archived',
    target: 'X',
    about: 'The file was moved back to sessions, the row has the old path.',
    apply: home => {
      const file = rollout(home, 'X');
      const date =
        /^rollout-(\d{4})-(\d{2})-(\d{2})T/.exec(path.basename(file))?.slice(1) ??
        notApplicable('the name has no date');
      moveInto(path.join(home.folder, 'sessions', ...date), file);
    },
  },
  {
    name: 'rollout-deleted',
    target: 'A',
    about: 'The file is gone, the row is left.',
    apply: home => {
      unlinkSync(rollout(home, 'A'));
    },
  },
  {
    name: 'renamed-other-uuid',
    target: 'A',
    about: 'The file name has another id.',
    apply: home => {
      const file = rollout(home, 'A');
      renameSync(file, file.replace(home.ids.A, madeIds.BEEF));
    },
  },
  {
    name: 'renamed-badname',
    target: 'A',
    about: 'The file name has neither time nor id.',
    apply: home => {
      const file = rollout(home, 'A');
      renameSync(
        file,
        path.join(path.dirname(file), `rollout-foo.jsonl${file.endsWith('.zst') ? '.zst' : ''}`),
      );
    },
  },
  {
    name: 'wrong-date-dir',
    target: 'A',
    about: 'The file is in the folder of another date.',
    apply: home => {
      moveInto(wrongDateFolder(home), rollout(home, 'A'));
    },
  },
  {
    name: 'two-rollouts-same-id',
    target: 'A',
    about:
      'A copy of the file, with the same id and an older time in its name, is in another date folder.',
    apply: home => {
      const file = rollout(home, 'A');
      const folder = wrongDateFolder(home);
      mkdirSync(folder, { recursive: true });
      copyFileSync(
        file,
        path.join(
          folder,
          path.basename(file).replace(/^rollout-\d{4}-\d{2}-\d{2}/, 'rollout-2025-01-02'),
        ),
      );
    },
  },
  {
    name: 'zst-path-plain',
    target: 'A',
    about: 'The file is compressed, the row has the plain path.',
    apply: home => {
      compress(plainRollout(home, 'A'), 'remove');
    },
  },
  {
    name: 'zst-path-zst',
    target: 'A',
    about: 'The file is compressed, the row has the path of the compressed file.',
    apply: home => {
      const file = plainRollout(home, 'A');
      compress(file, 'remove');
      setRow(home, 'A', { rollout_path: `${file}.zst` });
    },
  },
  {
    name: 'zst-row-deleted',
    target: 'A',
    about: 'The file is compressed and the row is gone.',
    apply: home => {
      compress(plainRollout(home, 'A'), 'remove');
      deleteRow(home, 'A');
    },
  },
  {
    name: 'zst-and-plain',
    target: 'A',
    about: 'The compressed and the plain file are both there.',
    apply: home => {
      compress(plainRollout(home, 'A'), 'keep');
    },
  },
  metaBreakage(
    'ro-cwd-other',
    'The first line of the rollout has another working directory.',
    meta => {
      meta.cwd = projectFolder('other');
    },
  ),
  metaBreakage(
    'ro-provider-other',
    'The first line of the rollout has another model provider.',
    meta => {
      meta.model_provider = 'openai';
    },
  ),
  metaBreakage(
    'ro-source-exec',
    'The first line of the rollout says that the thread was made by exec.',
    meta => {
      meta.source = 'exec';
    },
  ),
  metaBreakage(
    'meta-missing-cwd',
    'The first line of the rollout has no working directory.',
    meta => {
      delete meta.cwd;
    },
  ),
  metaBreakage(
    'meta-id-other',
    'The first line of the rollout has another id than row and file name.',
    meta => {
      meta.id = madeIds.DEAD;
      if (meta.session_id !== undefined) {
        meta.session_id = madeIds.DEAD;
      }
    },
  ),
  textBreakage('garbage-mid', 'A line in the middle of the rollout is not JSON.', text => {
    const lines = text.split('\n');
    return lines.toSpliced(4, 0, '{"garbage": tru').join('\n');
  }),
  textBreakage(
    'garbage-first',
    'A line that is not JSON was put before the first line.',
    text => `not json at all\n${text}`,
  ),
  textBreakage('bom-first', 'The rollout begins with a byte order mark.', text => `\ufeff${text}`),
  textBreakage('meta-line-removed', 'The first line of the rollout is gone.', text =>
    text.slice(text.indexOf('\n') + 1),
  ),
  textBreakage('trunc-last', 'The last line of the rollout is cut off.', text =>
    text.slice(0, -40),
  ),
  textBreakage('no-final-newline', 'The rollout does not end with a line break.', text =>
    text.replace(/\n$/, ''),
  ),
  textBreakage('crlf', 'The lines of the rollout end with CR LF.', text =>
    text.replaceAll('\n', '\r\n'),
  ),
  textBreakage('blank-lines', 'There is an empty line after every line of the rollout.', text =>
    text.replaceAll('\n', '\n\n'),
  ),
  {
    name: 'empty-file',
    target: 'A',
    about: 'The rollout has no bytes.',
    apply: home => {
      writeFileSync(rollout(home, 'A'), '');
    },
  },
];

/** A breakage of the first line of the rollout of A. */
function metaBreakage(name: string, about: string, change: (meta: SessionMeta) => void): Breakage {
  return {
    name,
    target: 'A',
    about,
    apply: home => {
      editMeta(plainRollout(home, 'A'), change);
    },
  };
}

/** A breakage of the text of the rollout of A. */
function textBreakage(name: string, about: string, change: (text: string) => string): Breakage {
  return {
    name,
    target: 'A',
    about,
    apply: home => {
      editText(plainRollout(home, 'A'), change);
    },
  };
}

/** A date folder in which no thread of a home belongs. */
function wrongDateFolder(home: CodexHome): string {
  return path.join(home.folder, 'sessions', '2025', '01', '02');
}

function moveInto(folder: string, file: string): void {
  mkdirSync(folder, { recursive: true });
  renameSync(file, path.join(folder, path.basename(file)));
}
