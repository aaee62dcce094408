// All options of all commands: one name means one thing everywhere.

export interface Option {
  /** What stands behind it, as the usage shows it; null for a switch. */
  readonly value: string | null;
  /** Whether it may be given several times, and takes the words that follow. */
  readonly isList?: true;
  readonly short?: string;
  /** Absent for what programs say to each other. */
  readonly says?: string;
}

export const OPTIONS = {
  home: { value: 'DIR', says: 'The Codex home. Without it: CODEX_HOME, else ~/.codex.' },
  'sqlite-home': {
    value: 'DIR',
    says: 'Where its databases are. Without it: what config.toml says, else CODEX_SQLITE_HOME, else the home.',
  },
  codex: { value: 'BIN', says: 'The Codex program. Without it: every one found on this machine.' },
  json: { value: null, says: 'Answers in JSON, for programs.' },
  vault: { value: 'DIR', says: 'Where backups are kept. Without it: session-health in the home.' },
  'no-color': { value: null, says: 'No colours. NO_COLOR does the same.' },
  quiet: { value: null, short: 'q', says: 'Shows no progress.' },
  help: { value: null, short: 'h', says: 'Shows how the command is used.' },
  version: { value: null, short: 'V', says: 'Shows which version this is.' },
  check: { value: 'ID', isList: true, says: 'Only these checks, and all that they find.' },
  full: { value: null, says: 'All of it: every line of every conversation; every step of a plan.' },
  sarif: { value: null, says: 'Answers in SARIF 2.1.0, for programs that collect findings.' },
  markdown: {
    value: null,
    says: 'A report to paste into an issue. Names, paths and texts are replaced.',
  },
  project: { value: 'DIR', says: 'Only the threads of one working directory.' },
  all: { value: null, says: 'All of them: every thread; every repair that loses nothing.' },
  cure: { value: 'ID', says: 'The cure to take, where a finding has several.' },
  plan: { value: 'SHA', says: 'Does nothing unless this is still the plan.' },
  yes: { value: null, short: 'y', says: 'Asks nothing.' },
  closed: {
    value: 'HOST',
    isList: true,
    says: 'You say that no Codex runs on HOST, which nobody reaches.',
  },
  wait: { value: null, says: 'Waits until every Codex that has the files open is closed.' },
  from: { value: 'PROVIDER', says: 'The provider whose threads are moved.' },
  to: {
    value: 'TARGET',
    says: 'Where threads go: a provider; or the directory that has taken the place of a missing one. For hosts: the folder in which they get homes, or databases on a disk of this host.',
  },
  copy: {
    value: null,
    says: 'Copies settings, keys, rules, skills and prompts into new homes, instead of links.',
  },
  inferred: { value: null, says: 'Also threads whose host is only inferred.' },
  alone: { value: null, says: 'No other host has this home: the old databases go into the vault.' },
  thread: {
    value: 'ID',
    isList: true,
    says: 'Only these threads, by their ids or the beginnings of them.',
  },
  part: { value: 'N', says: 'This part of a long conversation; 1 is the oldest.' },
  prune: { value: null, says: 'Drops receipts from the vault, after asking.' },
  'older-than': { value: 'AGE', says: 'Drops what was done longer ago: 90d, 12w or 2y.' },
  keep: { value: 'SIZE', says: 'Drops the oldest until no more is left than this: 500MB or 1GB.' },
  list: { value: null, says: 'Shows what was accepted.' },
  'take-back': { value: null, says: 'Counts these findings again.' },
  stdio: { value: null, says: 'Talks over standard input and output.' },
  clientProcessId: { value: 'PID' },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

/** Options that every command has. */
export const COMMON: readonly OptionName[] = [
  'home',
  'sqlite-home',
  'codex',
  'vault',
  'json',
  'no-color',
  'quiet',
  'help',
  'version',
];

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}
