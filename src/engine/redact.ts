// What is taken out before anything leaves the machine. Nothing that was read is let through unless
// it is known to be harmless: everything else becomes a pseudonym that is the same wherever the
// same text stands, so that a report can still be understood, and nobody be found in it.

import type { Finding } from './model/finding.ts';
import type { Report } from './model/report.ts';
import type { Snapshot } from './model/snapshot.ts';
import type { Json } from './model/words.ts';

export interface Redaction {
  readonly userHome: string;
  /** Words that our own sentences are made of. */
  readonly vocabulary: ReadonlySet<string>;
  /** Makes the sentence of a check from facts. */
  say(check: string, facts: Finding['facts']): string;
}

/** The same report, of the same shape, about nobody. Its first sentence is left to be made again. */
export function redactReport(report: Report, redaction: Redaction): Report {
  const redactor = new Redactor(report.snapshot, redaction);
  return {
    ...report,
    snapshot: redactor.value(report.snapshot) as Snapshot,
    findings: report.findings.map(finding => redactFinding(finding, redactor, redaction)),
    checks: report.checks.map(check => ({
      ...check,
      why: check.why === null ? null : redactor.sentence(check.why),
    })),
    visibility: redactor.value(report.visibility, 'visibility') as Report['visibility'],
    nothingLost: { ...report.nothingLost, says: '' },
  };
}

function redactFinding(finding: Finding, redactor: Redactor, redaction: Redaction): Finding {
  const facts = redactor.value(finding.facts, 'facts') as Finding['facts'];
  const { kind, key, path } = finding.subject;
  const subject = {
    kind,
    key: redactor.data(key),
    path: path === null ? null : redactor.data(path),
  };
  return {
    ...finding,
    id: `${finding.check}:${subject.key}`,
    subject,
    facts,
    says: sayOrNothing(redaction, finding.check, facts),
    threads: finding.threads.map(id => redactor.data(id)),
    cures: finding.cures.map(cure => ({ ...cure, title: redactor.sentence(cure.title) })),
  };
}

/** A check may count on the form of a fact; then the sentence is left out. */
function sayOrNothing({ say }: Redaction, check: string, facts: Finding['facts']): string {
  try {
    return say(check, facts);
  } catch {
    return '';
  }
}

/** Fields of sentences, which are redacted word by word. */
const SENTENCES = new Set(['why', 'undecodable', 'reason', 'error', 'message', 'because']);

/** Fields that hold a person's own words, whatever these look like. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  title: 'title',
  name: 'name',
  preview: 'preview',
  firstUserMessage: 'message',
  userMessage: 'message',
  userItem: 'message',
  agentNickname: 'nickname',
  gitBranch: 'branch',
  gitCommit: 'commit',
  gitOrigin: 'repository',
  projectId: 'project id',
  sectionId: 'section id',
  installationId: 'installation',
  user: 'name',
};

/** Maps: what stands before the colon is data as well. */
const MAPS = new Set(['names', 'paths', 'visibility']);

/** Fields whose text is Codex's or the system's own, and the form that it has. */
const OF_THE_SYSTEM: Readonly<Record<string, RegExp>> = {
  columns: /^[a-z][a-z0-9_]{0,40}$/,
  missingObjects: /^(?:table|index|trigger|view|column) [a-z][a-z0-9_.]{0,60}$/,
  changedObjects: /^(?:table|index|trigger|view|column) [a-z][a-z0-9_.]{0,60}$/,
  fingerprint: /^[0-9a-f]{8,128}$/,
  checksum: /^[0-9a-f]{64,96}$/i,
  firstChecksum: /^[0-9a-f]{64,96}$/i,
  lf: /^[0-9a-f]{64,96}$/i,
  crlf: /^[0-9a-f]{64,96}$/i,
  program: /^(?:codex|node|code|Code|Codex|electron)(?:\.exe)?$/,
  terminal: /^(?:pts\/|ttys?)\d+$/,
};

/** The words that the model, Codex and file systems have as values. */
const VALUES = new Set(
  `absent active all amazon-bedrock archived archived_sessions azure backfill broken byte-order-mark
  case cli clean code codex codexes codex_cli_rs codex_exec codex_vscode complete config config.toml
  crashed crlf cut damaged darwin desktop desktop-state editor empty ends environment error exec fail
  file findings folder folders foreign found full healthy history.jsonl home host incomplete
  installation_id legacy lf linux lmstudio mcp missing names never no no-line-break none
  not-a-database not-a-file not-json not-meta note ok ollama openai option oss other other-databases
  paginated part path pending processes provider database read rollback rollout rollout-bodies
  rollouts-active rollouts-archived running seen session_index.jsonl sessions sound state
  state-database subagent table thread truncated unknown unread user vscode wal warning whole win32
  working yes goals logs memories queue thread_history
  ext2 ext3 ext4 xfs btrfs zfs tmpfs overlay nfs nfs4 cifs smb2 smb3 smbfs afs lustre beegfs gpfs
  ceph glusterfs 9p v9fs drvfs virtiofs apfs hfs ntfs ntfs3 exfat vfat fuseblk fuse.sshfs fuse.rclone
  usr local bin sbin lib lib64 opt tmp var node_modules Applications Library .local share .nvm
  versions .vscode-server extensions .cache .codex`.split(/\s+/),
);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATABASE =
  /^(?:state|logs|goals|memories|queue|thread_history)(?:_v?\d{1,3})*\.sqlite(?:-wal|-shm)?$/;
const ROLLOUT = /^rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-([0-9a-f-]{36})\.jsonl(?:\.zst)?$/i;
const PLAIN = [
  /^\d{1,13}(?:\.\d{1,6})?$/,
  /^v?\d{1,5}(?:\.\d{1,5}){1,3}(?:-(?:alpha|beta|rc|dev|nightly)(?:\.\d{1,5})*)?$/,
  /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/,
  DATABASE,
];

/** A sentence in pieces: paths, then words with all that may hold a name together. */
const PIECE =
  /(?:[A-Za-z]:[\\/]|[/~\\])[^\s"'“”‘’`,;:()]*|[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}_.@:/\\#%&=+-]*[\p{L}\p{M}\p{N}_/])?/gu;

/** Signs that none of our sentences has. */
const STRANGE = /[^\p{L}\p{M}\p{N}\s!-/:-@[-`{-~“”‘’…–—«»·]/gu;

const HARMLESS_OPTION =
  /^(?:rw|ro|relatime|noatime|nodiratime|sync|async|hard|soft|nolock|lock|noac|nosuid|nodev|(?:vers|proto|local_lock|actimeo|ac[a-z]+|timeo|retrans|rsize|wsize)=[a-z0-9.]{1,12})$/;

class Redactor {
  readonly #pseudonyms = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #vocabulary: ReadonlySet<string>;
  /** Folders whose own names say who somebody is, the deepest first. */
  readonly #roots: readonly (readonly [string, string])[];
  /** What the migrations that we know are called. */
  readonly #descriptions: ReadonlySet<string>;

  constructor(snapshot: Snapshot, { userHome, vocabulary }: Redaction) {
    const { home, databases } = snapshot;
    this.#vocabulary = vocabulary;
    this.#roots = [
      [home.path, '«home»'] as const,
      [home.sqliteHome, '«sqlite home»'] as const,
      [userHome, '~'] as const,
    ]
      .filter(([folder]) => folder.length > 1)
      .sort(([one], [other]) => other.length - one.length);
    const known = databases.flatMap(({ migrations }) => migrations?.known ?? []);
    this.#descriptions = new Set(known.map(({ description }) => description));
    this.#meet(snapshot);
  }

  /** Any part of the model; the name is that of the field in which it stands. */
  value(given: unknown, name = '', isFact = false): unknown {
    if (typeof given === 'string') return this.#field(given, name);
    if (Array.isArray(given)) return given.map(part => this.value(part, name, isFact));
    if (typeof given !== 'object' || given === null) return given;
    const isMap = MAPS.has(name);
    const entries = Object.entries(given).map(([key, part]) => [
      !isMap && this.#isFieldName(key, isFact) ? key : this.data(key),
      this.value(part, key, isFact || name === 'facts'),
    ]);
    return Object.fromEntries(entries) as unknown;
  }

  /** A text that stands for something: an id, a path, a name, a word of the model. */
  data(text: string): string {
    if (text === '') return text;
    const inside = objectIn(text);
    if (inside !== null) return JSON.stringify(this.value(inside, '', true));
    const known = this.#known(text);
    if (known !== null) return known;
    return looksLikePath(text) ? this.#path(text) : this.#word(text, 'text');
  }

  sentence(text: string): string {
    return text
      .replaceAll(PIECE, (piece, at: number) =>
        this.#piece(piece, isSetOff(text, at, at + piece.length)),
      )
      .replaceAll(STRANGE, '…')
      .replaceAll(/…(?:[\s"'“”‘’`]*…)+/g, '…');
  }

  #piece(piece: string, isSetOff: boolean): string {
    if (looksLikePath(piece)) return this.#path(piece);
    const known = this.#known(piece);
    if (isSetOff && known !== null) return known;
    return isHarmless(piece) || this.#vocabulary.has(piece.toLowerCase()) ? piece : (known ?? '…');
  }

  #field(text: string, name: string): string {
    const own = OWN_WORDS[name];
    if (own !== undefined)
      return text === '' || DATABASE.test(text) ? text : this.#pseudonym(own, text);
    if (OF_THE_SYSTEM[name]?.test(text) === true) return text;
    if (name === 'description' && this.#descriptions.has(text)) return text;
    if (name === 'options') return text.split(',').map(mountOption).join(',');
    return SENTENCES.has(name) ? this.sentence(text) : this.data(text);
  }

  /** The names of our fields are not data; what a check names deep in its facts may be. */
  #isFieldName(key: string, isFact: boolean): boolean {
    if (!/^[a-z][A-Za-z0-9_]*$/.test(key) || this.#known(key) !== null) return false;
    const words = key.split(/_|(?=[A-Z])/).map(word => word.toLowerCase());
    return !isFact || words.every(word => this.#vocabulary.has(word));
  }

  #path(text: string): string {
    const root = this.#roots.find(([folder]) => isAtOrBelow(text, folder));
    const rest = root === undefined ? text : text.slice(root[0].length);
    const parts = rest.split(/([\\/])/).map(part => this.#pathPart(part));
    return `${root?.[1] ?? ''}${parts.join('')}`;
  }

  #pathPart(part: string): string {
    if (part === '' || part === '/' || part === '\\') return part;
    const id = ROLLOUT.exec(part)?.[1];
    return id === undefined
      ? this.#word(part, 'name')
      : part.replace(id, this.#pseudonym('thread', id));
  }

  #word(text: string, kind: string): string {
    return isHarmless(text) ? text : this.#pseudonym(UUID.test(text) ? 'thread' : kind, text);
  }

  /** The same for the same text, «thread 7»; the kind is that of the place where it was met first. */
  #pseudonym(kind: string, text: string): string {
    const before = this.#known(text);
    if (before !== null) return before;
    const number = (this.#counts.get(kind) ?? 0) + 1;
    const pseudonym = `«${kind} ${String(number)}»`;
    this.#counts.set(kind, number);
    this.#pseudonyms.set(text.toLowerCase(), pseudonym);
    return pseudonym;
  }

  #known(text: string): string | null {
    return this.#pseudonyms.get(text.toLowerCase()) ?? null;
  }

  /** Names what a snapshot is about in the order in which people would count. */
  #meet({ home, config, threads, desktop, hosts }: Snapshot): void {
    for (const host of [home.hostname, ...namesOf(hosts), ...(desktop?.hosts ?? [])])
      this.#pseudonym('host', host);
    for (const { id } of threads) this.#pseudonym('thread', id);
    for (const { project, cwd } of threads)
      for (const folder of [project, cwd]) if (folder !== '') this.#pseudonym('project', folder);
    const providers = [
      config.provider,
      ...config.definedProviders,
      ...threads.map(one => one.provider),
    ];
    for (const provider of providers)
      if (provider !== '' && !isHarmless(provider)) this.#pseudonym('provider', provider);
  }
}

/** What hosts are called, by themselves and by the person. */
function namesOf({ here, sights, observed, pins, logged }: Snapshot['hosts']): readonly string[] {
  const machines = [here, ...sights.map(({ machine }) => machine), ...observed.map(o => o.machine)];
  return [
    ...machines.flatMap(one => (one === null ? [] : [one.hostname])),
    ...sights.map(({ alias }) => alias),
    ...logged.map(({ host }) => host),
    ...Object.values(pins.threads),
    ...Object.values(pins.projects),
  ];
}

/** In quotes or brackets stands a name, even one that is also a word of ours. */
function isSetOff(text: string, from: number, to: number): boolean {
  return /["'“‘(`]/.test(text.charAt(from - 1)) && /["'”’)`]/.test(text.charAt(to));
}

function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`);
}

function looksLikePath(text: string): boolean {
  return /^(?:[/~\\]|[A-Za-z]:[\\/]|(?:archived_)?sessions\/)/.test(text);
}

function isHarmless(text: string): boolean {
  return VALUES.has(text) || PLAIN.some(form => form.test(text));
}

/** The JSON text of an object, such as the source of a sub-agent. */
function objectIn(text: string): Json {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function mountOption(option: string): string {
  return HARMLESS_OPTION.test(option) ? option : '…';
}
