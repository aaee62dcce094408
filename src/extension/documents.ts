// The read-only documents of the scheme `codex-health:`, which the server writes. They are files to VS
// Code, and not the texts of a content provider: a window that is loaded anew opens its files again, and
// forgets texts.

import {
  commands,
  Disposable,
  EventEmitter,
  FileChangeType,
  FileSystemError,
  FileType,
  l10n,
  Uri,
  window,
  workspace,
  type FileChangeEvent,
  type FileStat,
  type FileSystemProvider,
} from 'vscode';
import { DOCUMENT_SCHEME } from '../protocol/documents.ts';
import type { ThreadNode } from '../protocol/tree.ts';
import type { Client } from './client.ts';
import { tellNoThread } from './commands/changeThreads.ts';
import { orTell } from './commands/failures.ts';
import { person } from './commands/person.ts';
import { COMMANDS } from './contributions.ts';
import { threadIdOf } from './threadPages.ts';

export function registerDocuments(client: Client): Disposable {
  const documents = new Documents(client);
  return Disposable.from(
    documents,
    workspace.registerFileSystemProvider(DOCUMENT_SCHEME, documents, {
      isCaseSensitive: true,
      isReadonly: true,
    }),
    client.onChanged(() => void documents.follow()),
    commands.registerCommand(COMMANDS.openTranscript, (of?: Uri | ThreadNode) =>
      openTranscript(client, of),
    ),
  );
}

/** Of a record, of a thread in the tree, or of the record that is open. */
async function openTranscript(client: Client, of?: Uri | ThreadNode): Promise<void> {
  const id = threadMeant(of ?? window.activeTextEditor?.document.uri);
  if (id === null) return;
  await orTell(person, l10n.t('Could not open the transcript'), async () => {
    const thread = await client.ask('codexHealth/thread', { id });
    if (thread === null) await tellNoThread({ person });
    else await person.show(Uri.parse(thread.transcript));
  });
}

function threadMeant(of: Uri | ThreadNode | undefined): string | null {
  if (of === undefined) return null;
  return of instanceof Uri ? threadIdOf(of) : of.id;
}

interface Version {
  /** The server's word for the text as it is. */
  readonly stamp: string;
  readonly sinceMs: number;
}

/** Tells VS Code that it is UTF-8, whatever a person has set for their own files. */
const BYTE_ORDER_MARK = '\ufeff';

class Documents implements FileSystemProvider {
  readonly #client: Client;
  readonly #changed = new EventEmitter<FileChangeEvent[]>();
  readonly #versions = new Map<string, Version>();

  constructor(client: Client) {
    this.#client = client;
  }

  readonly onDidChangeFile = this.#changed.event;

  /** Tells VS Code of those open documents whose text has changed; no other is read again. */
  async follow(): Promise<void> {
    const open = workspace.textDocuments
      .filter(({ uri }) => uri.scheme === DOCUMENT_SCHEME)
      .map(({ uri }) => uri);
    const known = open.map(uri => this.#versions.get(uri.toString())?.sinceMs);
    // Who cannot be asked has said so to whoever waits; the next change asks again.
    const versions = await this.#ask(open).catch(() => []);
    const changed = open.filter(
      (_, at) => versions[at] !== undefined && versions[at].sinceMs !== known[at],
    );
    if (changed.length > 0)
      this.#changed.fire(changed.map(uri => ({ type: FileChangeType.Changed, uri })));
  }

  async stat(uri: Uri): Promise<FileStat> {
    const [version] = await this.#ask([uri]);
    if (version === undefined) throw FileSystemError.FileNotFound(uri);
    return { type: FileType.File, ctime: 0, mtime: version.sinceMs, size: 0 };
  }

  async readFile(uri: Uri): Promise<Uint8Array> {
    const text = await this.#client.ask('codexHealth/document', { uri: uri.toString() });
    return new TextEncoder().encode(BYTE_ORDER_MARK + text);
  }

  watch(): Disposable {
    return new Disposable(() => undefined);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  readDirectory(): [] {
    return [];
  }

  createDirectory(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  delete(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  rename(uri: Uri): never {
    throw FileSystemError.NoPermissions(uri);
  }

  async #ask(uris: readonly Uri[]): Promise<readonly Version[]> {
    if (uris.length === 0) return [];
    const names = uris.map(uri => uri.toString());
    const stamps = await this.#client.ask('codexHealth/documentStamps', { uris: names });
    return names.map((name, at) => this.#noted(name, stamps[at] ?? ''));
  }

  /** VS Code knows versions by their time, which grows with each. */
  #noted(name: string, stamp: string): Version {
    const before = this.#versions.get(name);
    if (before?.stamp === stamp) return before;
    const version = { stamp, sinceMs: Math.max(Date.now(), (before?.sinceMs ?? 0) + 1) };
    this.#versions.set(name, version);
    return version;
  }
}
