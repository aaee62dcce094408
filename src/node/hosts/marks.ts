// Finds the answers of a host in what comes from it. Everything else there is noise: start-up files may print
// what they like, before the answers and between them, but not without end.

/** What comes behind a mark: a record of texts, or a frame of so many bytes. */
export interface MarkReader {
  record(name: string, values: readonly (string | null)[]): void;
  frame(bytes: Buffer): void;
  /** It is not worth while to read on. */
  fail(why: string): void;
}

const MOST = { noise: 4 << 20, line: 1 << 16, frame: 256 << 20 } as const;

export class Marks {
  readonly #mark: Buffer;
  readonly #reader: MarkReader;
  #pending: Buffer = Buffer.alloc(0);
  #noise = 0;
  #frame: { readonly bytes: number; readonly pieces: Buffer[]; have: number } | null = null;
  #isOver = false;

  constructor(mark: string, reader: MarkReader) {
    this.#mark = Buffer.from(`${mark} `);
    this.#reader = reader;
  }

  push(piece: Buffer): void {
    let rest: Buffer | null = piece;
    while (rest !== null && !this.#isOver)
      rest = this.#frame === null ? this.#readLine(rest) : this.#readFrame(rest);
  }

  /** Gives back what stands behind the line; null when there is none yet. */
  #readLine(piece: Buffer): Buffer | null {
    const all = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    const start = all.indexOf(this.#mark);
    if (start < 0) {
      // The mark itself may have come in part.
      const kept = Math.min(all.length, this.#mark.length - 1);
      return this.#wait(all.subarray(all.length - kept), all.length - kept);
    }
    const end = all.indexOf(10, start);
    if (end < 0 && all.length - start <= MOST.line) return this.#wait(all.subarray(start), start);
    if (end < 0) return this.#fail('it printed a line without end');
    this.#noise += start;
    this.#pending = Buffer.alloc(0);
    this.#take(all.subarray(start + this.#mark.length, end).toString('latin1'));
    return all.subarray(end + 1);
  }

  #wait(kept: Buffer, noise: number): null {
    this.#pending = kept;
    this.#noise += noise;
    return this.#noise > MOST.noise ? this.#fail('it prints without end') : null;
  }

  #take(line: string): void {
    const [name = '', ...values] = line.split(' ');
    // Without its dot the line is one that something else was printed into.
    if (values.pop() !== '.') return;
    if (name !== 'frame') return this.#reader.record(name, values.map(decode));
    const bytes = Number(decode(values[0] ?? '-'));
    if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > MOST.frame)
      this.#fail('it answered more than can be read');
    else this.#frame = { bytes, pieces: [], have: 0 };
  }

  #readFrame(piece: Buffer): Buffer | null {
    const frame = this.#frame;
    if (frame === null) return piece;
    const taken = piece.subarray(0, frame.bytes - frame.have);
    frame.pieces.push(taken);
    frame.have += taken.length;
    if (frame.have < frame.bytes) return null;
    this.#frame = null;
    this.#reader.frame(Buffer.concat(frame.pieces));
    return piece.subarray(taken.length);
  }

  #fail(why: string): null {
    this.#isOver = true;
    this.#reader.fail(why);
    return null;
  }
}

function decode(value: string): string | null {
  if (value.startsWith('=')) return value.slice(1);
  return value.startsWith('~') ? Buffer.from(value.slice(1), 'hex').toString('utf8') : null;
}
