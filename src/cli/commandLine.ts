// The words behind `codex-health` → a command, its options, its operands.

import { parseArgs } from 'node:util';
import { isOptionName, OPTIONS, type Option, type OptionName } from './options.ts';
import { nearest } from './nearest.ts';

/** Somebody typed what we do not understand. Says so, and what they may have meant. */
export class UsageError extends Error {
  /** The command whose usage helps; null when it is not known which. */
  readonly command: string | null;

  constructor(message: string, command: string | null = null) {
    super(message);
    this.name = 'UsageError';
    this.command = command;
  }
}

export interface CommandLine {
  readonly command: string | null;
  readonly operands: readonly string[];
  readonly given: Given;
}

/** The options that were given. */
export class Given {
  readonly #values: ReadonlyMap<OptionName, readonly string[]>;

  constructor(values: ReadonlyMap<OptionName, readonly string[]>) {
    this.#values = values;
  }

  has(name: OptionName): boolean {
    return this.#values.has(name);
  }

  /** The last value; a later word corrects an earlier one. */
  text(name: OptionName): string | null {
    return this.#values.get(name)?.at(-1) ?? null;
  }

  list(name: OptionName): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  names(): readonly OptionName[] {
    return [...this.#values.keys()];
  }
}

export function parseCommandLine(args: readonly string[]): CommandLine {
  const values = new Map<OptionName, string[]>();
  const words: string[] = [];
  let list: string[] | null = null;
  for (const token of tokensOf(args)) {
    if (token.kind === 'option') {
      const name = knownName(token.name, token.rawName);
      const value = valueOf(name, token.rawName, token.value, token.inlineValue === true);
      const all = values.get(name) ?? [];
      values.set(name, [...all, ...value]);
      list = isList(name) ? (values.get(name) ?? null) : null;
    } else if (token.kind === 'positional') {
      // `--check one two`: what follows belongs to the list, once the command is known.
      if (list !== null && words.length > 0 && !token.value.includes(':'))
        list.push(...split(token.value));
      else words.push(token.value);
    } else list = null;
  }
  const [command = null, ...operands] = words;
  return { command, operands, given: new Given(values) };
}

function tokensOf(args: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(OPTIONS).map(([name, { value, short }]: [string, Option]) => [
      name,
      {
        type: value === null ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  // Node's own words about a wrong option help nobody, so that it is not asked to be strict.
  return parseArgs({ args: [...args], options, strict: false, tokens: true }).tokens;
}

function knownName(name: string, rawName: string): OptionName {
  if (isOptionName(name)) return name;
  const visible = Object.entries(OPTIONS).filter(([, option]) => 'says' in option);
  const meant = nearest(
    name,
    visible.map(([known]) => known),
  );
  const hint = meant === null ? '' : ` Did you mean --${meant}?`;
  throw new UsageError(`There is no option ${rawName}.${hint}`);
}

function valueOf(
  name: OptionName,
  rawName: string,
  value: string | undefined,
  isInline: boolean,
): string[] {
  const option: Option = OPTIONS[name];
  if (option.value === null) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    return [];
  }
  if (value === undefined || value === '' || (!isInline && value.startsWith('-')))
    throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}`);
  return isList(name) ? split(value) : [value];
}

function isList(name: OptionName): boolean {
  const option: Option = OPTIONS[name];
  return option.isList === true;
}

function split(value: string): string[] {
  return value.split(',').filter(part => part !== '');
}
