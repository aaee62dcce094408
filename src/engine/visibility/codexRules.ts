// How the releases of Codex differ in what they show, as data. Measured with the real programs of
// 0.142, 0.150, 0.160 and 0.169 (test/codex). Of a release between two of them only that is known in
// which both agree; one after the last is taken to be as the last.

import type { Codex } from '../model/snapshot.ts';
import { compareVersions } from '../model/versions.ts';

export interface CodexRules {
  /** The release with which all this was measured. */
  readonly measured: string;
  /** Knows paginated history; what it cannot make sense of in a header it refuses. */
  readonly knowsPaginated: boolean;
  /** A row whose file is another's, or gone, is passed over, and a file of the name is looked for. */
  readonly searchesPastRow: boolean;
  /** What a list from the database comes to when a row of it cannot be read. */
  readonly unreadableRow: 'empty-list' | 'error';
  /** Archived threads are listed also when nobody said anything in them. */
  readonly listsSilentArchive: boolean;
  /** A fork in which nobody said anything yet is listed. */
  readonly listsSilentForks: boolean;
  /** Threads that are attached to another one are not listed from the database. */
  readonly hidesAttached: boolean;
  /** Refuses to resume when header, row and settings differ in the provider. */
  readonly holdsToProvider: boolean;
  /** Where a rebuilt row takes its provider from. */
  readonly rebuildsProviderFrom: 'header' | 'settings';
  /** What the list of `codex resume` is made of, and what it leaves out besides. */
  readonly picker: 'files' | 'rows, each file once' | 'rows of all providers, with their own files';
  /** Drops threads of one second, and rows of one moment, where a page ends. */
  readonly losesAtPageEnds: boolean;
  /** Checks the whole state database when it starts, and rebuilds one with damage anywhere. */
  readonly checksDatabase: boolean;
  /** Does not start when the database of the log cannot be migrated. */
  readonly needsLog: boolean;
  /** Keeps the database of its log in `log_dir` of config.toml, and not with the others. */
  readonly heedsLogDir: boolean;
  /** The newest migration that it knows of each database. */
  readonly migrations: Readonly<Record<string, number>>;
}

const V142: CodexRules = {
  measured: '0.142',
  knowsPaginated: false,
  searchesPastRow: true,
  unreadableRow: 'empty-list',
  listsSilentArchive: false,
  listsSilentForks: false,
  hidesAttached: false,
  holdsToProvider: false,
  rebuildsProviderFrom: 'header',
  picker: 'files',
  losesAtPageEnds: true,
  checksDatabase: false,
  needsLog: true,
  heedsLogDir: false,
  migrations: {
    'state_5.sqlite': 39,
    'logs_2.sqlite': 2,
    'goals_1.sqlite': 1,
    'memories_1.sqlite': 1,
  },
};

const V150: CodexRules = {
  ...V142,
  measured: '0.150',
  knowsPaginated: true,
  searchesPastRow: false,
  rebuildsProviderFrom: 'settings',
  picker: 'rows, each file once',
  migrations: {
    'state_5.sqlite': 51,
    'logs_2.sqlite': 2,
    'goals_1.sqlite': 2,
    'memories_1.sqlite': 1,
    'queue_1.sqlite': 2,
  },
};

const V160: CodexRules = {
  ...V150,
  measured: '0.160',
  listsSilentArchive: true,
  migrations: { ...V150.migrations, 'state_5.sqlite': 58, 'memories_1.sqlite': 2 },
};

const V169: CodexRules = {
  ...V160,
  measured: '0.169',
  unreadableRow: 'error',
  listsSilentForks: true,
  hidesAttached: true,
  holdsToProvider: true,
  picker: 'rows of all providers, with their own files',
  losesAtPageEnds: false,
  checksDatabase: true,
  needsLog: false,
  heedsLogDir: true,
  migrations: { ...V160.migrations, 'state_5.sqlite': 62 },
};

/** Oldest first. */
const MEASURED: readonly CodexRules[] = [V142, V150, V160, V169];

export interface CodexInUse {
  /** Null when there is no Codex on this machine. */
  readonly codex: Codex | null;
  readonly rules: CodexRules;
  /** The newest migrations that it knows, where that is certain. */
  readonly migrations: Readonly<Record<string, number>> | null;
}

/**
 * How the newest Codex on this machine may behave: in one way, or, between two releases that were
 * measured, in either's. Only a version when nothing is known of it.
 */
export function codexInUse(
  codexes: readonly Codex[],
): readonly CodexInUse[] | { readonly tooOld: string } {
  const newest = newestOf(codexes);
  if (newest?.version == null) return [{ codex: null, rules: V169, migrations: V169.migrations }];
  const { version } = newest;
  const at = MEASURED.findLastIndex(one => compareVersions(version, one.measured) >= 0);
  const [below, above] = [MEASURED[at], MEASURED[at + 1]];
  if (below === undefined) return { tooOld: version };
  if (above === undefined || version.startsWith(`${below.measured}.`))
    return [
      {
        codex: newest,
        rules: below,
        migrations: newest.migrations ?? migrationsOf(below, version),
      },
    ];
  const { migrations } = newest;
  return [below, above].map(rules => ({ codex: newest, rules, migrations }));
}

/** A later release may know more of them. */
function migrationsOf({ measured, migrations }: CodexRules, version: string) {
  return version.startsWith(`${measured}.`) ? migrations : null;
}

function newestOf(codexes: readonly Codex[]): Codex | null {
  const known = codexes.filter(({ version }) => version !== null);
  return known.reduce<Codex | null>(
    (newest, one) =>
      newest === null || compareVersions(one.version ?? '', newest.version ?? '') > 0
        ? one
        : newest,
    null,
  );
}
