// Reads every line of a rollout as it comes by, in memory that does not grow with the file.

import type { RolloutBody, RolloutTail } from '../../model/rollout.ts';
import { readLine } from './rolloutHead.ts';
import { hasHalfCharacter, isObject } from './rolloutLine.ts';

/** A longer line is not parsed: it would take several times its size in memory. */
const LONGEST_PARSED = 8 * 1024 * 1024;
const MOST_BAD_LINES = 100;
const LINE_BREAK = 0x0a;

export class RolloutBodyReader {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #badLines: { line: number; why: string }[] = [];
  /** The beginning of a line whose end is in a later piece. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #lines = 0;
  #settings: RolloutTail['settings'] = null;
  #latestCwd: string | null = null;
  #endsInLine = false;
  #compactionBytes = 0;
  #imageBytes = 0;

  add(piece: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(LINE_BREAK, start);
      if (end < 0) break;
      this.#keep(piece.subarray(start, end), true);
      this.#endLine();
      start = end + 1;
    }
    if (start < piece.length) this.#keep(piece.subarray(start), false);
  }

  end(): { lines: RolloutBody; newest: Partial<RolloutTail> } {
    this.#endsInLine = this.#pendingBytes > 0;
    const before = this.#badLines.length;
    if (this.#endsInLine) this.#endLine();
    const isCut = this.#badLines.length > before;
    return {
      lines: {
        lines: this.#lines,
        badLines: this.#badLines,
        compactionBytes: this.#compactionBytes,
        imageBytes: this.#imageBytes,
      },
      newest: {
        settings: this.#settings,
        latestCwd: this.#latestCwd,
        ending: !this.#endsInLine ? 'whole' : isCut ? 'cut' : 'no-line-break',
      },
    };
  }

  #keep(part: Uint8Array, isEnd: boolean): void {
    this.#pendingBytes += part.length;
    if (this.#pendingBytes > LONGEST_PARSED) this.#pending = [];
    // The next piece comes into the same room.
    else this.#pending.push(isEnd ? part : part.slice());
  }

  #endLine(): void {
    this.#lines += 1;
    if (this.#pendingBytes > 0 && this.#pendingBytes <= LONGEST_PARSED) this.#judge(this.#text());
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #text(): string {
    return this.#pending
      .map((part, index) =>
        this.#decoder.decode(part, { stream: index < this.#pending.length - 1 }),
      )
      .join('');
  }

  #judge(text: string): void {
    if (text.trim() === '') return;
    const why = whyBad(text);
    if (why !== null) {
      if (this.#badLines.length < MOST_BAD_LINES) this.#badLines.push({ line: this.#lines, why });
      return;
    }
    if (text.includes('"type":"compacted"')) this.#compactionBytes += this.#pendingBytes;
    else this.#imageBytes += imagesIn(text);
    if (!text.includes('"thread_settings_applied"') && !text.includes('"turn_context"')) return;
    const { settings, latestCwd } = readLine(text);
    this.#settings = settings ?? this.#settings;
    this.#latestCwd = latestCwd ?? this.#latestCwd;
  }
}

/** An image is one long word of letters and digits behind these; they are counted in characters. */
const IMAGE = '"data:image/';

function imagesIn(text: string): number {
  let bytes = 0;
  for (let at = text.indexOf(IMAGE); at >= 0; at = text.indexOf(IMAGE, at + 1)) {
    const end = text.indexOf('"', at + 1);
    bytes += (end < 0 ? text.length : end) - at - 1;
  }
  return bytes;
}

function whyBad(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return 'it is not a JSON object';
    return hasHalfCharacter(text) ? 'it holds half a character' : null;
  } catch {
    return 'it is not JSON';
  }
}
