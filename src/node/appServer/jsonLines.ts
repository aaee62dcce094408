// How Codex speaks: one JSON message a line. The library's own streams put headers before each
// message, which Codex takes for garbage.

import type { Readable, Writable } from 'node:stream';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';

const LINE_FEED = 10;

export class LineReader extends AbstractMessageReader implements MessageReader {
  readonly #input: Readable;

  constructor(input: Readable) {
    super();
    this.#input = input;
  }

  listen(callback: DataCallback): Disposable {
    // A line may have 20 MiB and come in hundreds of pieces: they are joined once, when it ends.
    let pieces: Buffer[] = [];
    const read = (bytes: Buffer) => {
      let from = 0;
      for (;;) {
        const end = bytes.indexOf(LINE_FEED, from);
        if (end === -1) break;
        deliver([...pieces, bytes.subarray(from, end)], callback);
        pieces = [];
        from = end + 1;
      }
      pieces.push(bytes.subarray(from));
    };
    this.#input.on('data', read);
    return { dispose: () => this.#input.off('data', read) };
  }
}

/** A line that is no message is passed over, as Codex does with ours; so is an empty one. */
function deliver(pieces: readonly Buffer[], callback: DataCallback): void {
  let message: Message;
  try {
    message = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Message;
  } catch {
    return;
  }
  callback(message);
}

export class LineWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #output: Writable;

  constructor(output: Writable) {
    super();
    this.#output = output;
  }

  /** Does not wait, and does not fail: a server that no longer reads is one that goes, and that is told. */
  async write(message: Message): Promise<void> {
    this.#output.write(`${JSON.stringify(message)}\n`);
  }

  end(): void {
    this.#output.end();
  }
}
