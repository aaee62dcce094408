// What a command is, and what it is given.

import type { Engine, Repairs } from '../engine/engine.ts';
import type { HostSight } from '../engine/model/host.ts';
import type { Report } from '../engine/model/report.ts';
import type { World } from '../engine/world.ts';
import type { Given } from './commandLine.ts';
import type { OptionName } from './options.ts';
import type { Page } from './page.ts';
import type { Progress } from './progress.ts';

export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** How it is called, without the program's name. */
  readonly usage: readonly string[];
  /** What it does and what it does not do, in Markdown. */
  readonly details: string;
  /** Its own options, beside the common ones. */
  readonly options: readonly OptionName[];
  /** The exit code. */
  run(context: Context): Promise<number>;
}

export interface ScanWish {
  readonly full?: boolean;
  readonly checks?: readonly string[];
  /** What was just seen of other hosts; without it, what earlier looks have shown. */
  readonly sights?: readonly HostSight[];
}

export interface Context {
  readonly engine: Engine;
  /** All that changes something. */
  readonly repairs: Repairs;
  readonly world: World;
  readonly version: string;
  readonly given: Given;
  readonly operands: readonly string[];
  /** How to write for whoever reads standard output. */
  readonly page: Page;
  readonly surroundings: Surroundings;
  out(text: string): void;
  /** Says something beside the answer, to whoever waits for it. */
  say(text: string): void;
  /** Looks at the home that the options name. */
  scan(more?: ScanWish): Promise<Report>;
  /** Where the vault is, when it is not in the home. */
  readonly vault: string | null;
  /** Says on the terminal, now and then, how far something has come. */
  readonly progress: Progress;
  /** A command that can be typed as it stands, for the home that was looked at. */
  typed(command: string): string;
}

export interface ScanWish {
  readonly full?: boolean;
  readonly checks?: readonly string[];
  /** Whether there is something to be told although the home itself does not answer. */
  readonly evenIfSilent?: boolean;
}

/** What of the process a command needs beside the world. */
export interface Surroundings {
  /** The system and program that run this, as a support bundle names them. */
  readonly runtime: Readonly<Record<string, string>>;
  /** Writes a file that is not there yet and that does not lie in one of these folders. */
  writeNewFile(file: string, text: string, outsideOf: readonly string[]): void;
  /** Says now whether that would be refused. */
  checkNewFile(file: string, outsideOf: readonly string[]): void;
  /** Asks the person at the terminal; null when there is nobody to ask. */
  ask(question: string): Promise<string | null>;
  /** From now on Ctrl-C is a wish that is heard, and no longer the end of the process. */
  hearInterrupts(): AbortSignal;
  /** Starts to serve an editor, over standard input and output, until it goes. */
  serve(): Promise<void>;
}
