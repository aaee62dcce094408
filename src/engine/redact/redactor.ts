// Takes texts apart, and gives everything that may be about somebody a pseudonym: the same wherever the same
// text stands, so that a report can still be understood.

import type { Snapshot } from '../model/snapshot.ts';
import type { Json } from '../model/words.ts';
import { DATABASE, isHarmless, mountOption, OF_THE_SYSTEM } from './harmless.ts';

/** What is known before anything is read. */
export interface Known {
  readonly userHome: string;
  /** Words that our own sentences are made of. */
  readonly vocabulary: ReadonlySet<string>;
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

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ROLLOUT = /^rollout-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-([0-9a-f-]{36})\.jsonl(?:\.zst)?$/i;

/** A sentence in pieces: paths, then words with all that may hold a name together. */
const PIECE =
  /(?:[A-Za-z]:[\\/]|[/~\\])[^\s"'“”‘’`,;:()]*|[\p{L}\p{M}\p{N}](?:[\p{L}\p{M}\p{N}_.@:/\\#%&=+-]*[\p{L}\p{M}\p{N}_/])?/gu;

/** Signs that none of our sentences has. */
const STRANGE = /[^\p{L}\p{M}\p{N}\s!-/:-@[-`{-~“”‘’…–—«»·]/gu;

export class Redactor {
  readonly #pseudonyms = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #vocabulary: ReadonlySet<string>;
  /** Folders whose own names say who somebody is, the deepest first. */
  readonly #roots: readonly (readonly [string, string])[];
  /** What the migrations that we know are called. */
  readonly #descriptions: ReadonlySet<string>;

  constructor(snapshot: Snapshot, { userHome, vocabulary }: Known) {
    const { home, databases } = snapshot;
    this.#vocabulary = vocabulary;
    this.#roots = [
      [home.path, '«home»'] as const,
      [home.sqliteHome, '«sqlite home»'] as const,
      [home.logDir ?? '', '«log dir»'] as const,
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

/** The JSON text of an object, such as the source of a sub-agent. */
function objectIn(text: string): Json {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
