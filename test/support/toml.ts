// Generators of config.toml: sound ones, of which it is known what they say, and damage for them.

import fc from 'fast-check';
import { anyCharacter } from './anyCharacter.ts';

/** A value, and one of the ways in which TOML can spell it. */
interface Spelled {
  readonly value: string;
  readonly text: string;
}

export interface SoundConfig {
  readonly bytes: Uint8Array;
  /** What `readConfig` has to find in it. */
  readonly provider: string;
  readonly providerLine: number | null;
  readonly profile: string | null;
  readonly definedProviders: readonly string[];
  readonly sqliteHome: string | null;
}

const plainText = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('mock', 'azure', 'constructor', '__proto__', 'toString'),
  },
  fc.constantFrom(
    '',
    'a.b',
    'with space',
    'päth/ü',
    "it's",
    'say "hi"',
    'back\\slash',
    '# no',
    '[x]',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.string({ unit: anyCharacter, maxLength: 4 }),
);

const basic = (value: string) => `"${escaped(value)}"`;

function escaped(value: string): string {
  return [...value]
    .map(character => {
      if (character === '"' || character === '\\') return `\\${character}`;
      return /[\p{Cc}\u2028]/u.test(character) ? asEscape(character) : character;
    })
    .join('');
}

function asEscape(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}

/** Texts that a literal string can hold. */
const isLiteral = (value: string) => !/['\p{Cc}]/u.test(value);

/** All ways to write a text in one line. */
function spellings(value: string): string[] {
  return [
    basic(value),
    `"${[...value].map(asEscape).join('')}"`,
    ...(isLiteral(value) ? [`'${value}'`] : []),
  ];
}

const spell = (arbitrary: fc.Arbitrary<string>, ways: (value: string) => string[]) =>
  fc.tuple(arbitrary, fc.nat()).map(([value, way]): Spelled => {
    const all = ways(value);
    return { value, text: all[way % all.length] ?? '' };
  });

/** Strings are well formed, since a file of bytes can hold no others. */
const sayable = plainText.filter(value => !/\p{Cs}/u.test(value));
const text = spell(sayable, value => [
  ...spellings(value),
  `"""\n${escaped(value)}"""`,
  ...(isLiteral(value) ? [`'''\n${value}'''`] : []),
]);
const key = spell(sayable, value => [
  ...spellings(value),
  ...(/^[\w-]+$/.test(value) ? [value, value, value] : []),
]);
const known = (name: string) => fc.constantFrom(name, `"${name}"`, `'${name}'`);
const keys = fc.uniqueArray(key, { selector: ({ value }) => value, maxLength: 4 });

/** What must not be taken for a provider; `#` is another number in each place. */
const noise = fc.constantFrom(
  '# model_provider = "wrong"',
  '',
  '   ',
  'noise# = """\nmodel_provider = "wrong"\n[model_providers.wrong]\n"""',
  "noise# = '''\n[x]\nsqlite_home = \"wrong\"\n'''",
  'noise# = [\n  "]", # ]\n  ["a", { model_provider = "wrong" }],\n]',
  'noise# = { model_provider = "wrong", deep.er = [1, 2.5e3, 1979-05-27T07:32:00Z], on = true }',
  'noise#.model_provider = "wrong"',
  'noise# = "\\"# not a comment" # model_provider = "wrong"',
  'noise# = """two quotes at the end: """""',
  '"noise#"."a.b" = 0xff',
);
const noiseTable = fc.constantFrom(
  '[noise#]\nmodel_provider = "wrong"',
  '[[noise#]]\nmodel_provider = "wrong"\n[[noise#]]\n[noise#.model_providers.wrong]\nname = "wrong"',
  '[projects."/home/ada/#"]\ntrust_level = "trusted"',
  '[mcp_servers.server#]\ncommand = "x"\nenv = { sqlite_home = "wrong" }',
  '[ noise# . "model_provider" ]',
);

/** Ways to define providers: all of one table are written in one way. */
const PROVIDER_FORMS = {
  headers: (ids: readonly Spelled[], at: string) =>
    ids.map(id => `[${at}.${id.text}]\nname = "N"\n[${at}.${id.text}.http_headers]\nx = "y"`),
  table: (ids: readonly Spelled[], at: string) => [
    [`[${at}]`, ...ids.map(id => `${id.text} = { name = "N" }`)].join('\n'),
  ],
  dotted: (ids: readonly Spelled[], at: string) => [
    [`[${at}]`, ...ids.map(id => `${id.text}.name = "N"`)].join('\n'),
  ],
} as const;

const providers = (at: string) =>
  fc.tuple(keys, fc.constantFrom('headers', 'table', 'dotted')).map(([ids, form]) => ({
    ids: ids.map(({ value }) => value),
    statements: ids.length === 0 ? [] : PROVIDER_FORMS[form](ids, at),
  }));

const profiles = keys.chain(names =>
  fc.tuple(
    ...names.map(name =>
      fc
        .tuple(fc.option(text), providers(`profiles.${name.text}.model_providers`))
        .map(([provider, defined]) => ({
          name: name.value,
          provider: provider?.value ?? null,
          ids: defined.ids,
          statements: [
            `[profiles.${name.text}]${provider === null ? '' : `\nmodel_provider = ${provider.text}`}`,
            ...defined.statements,
          ],
        })),
    ),
  ),
);

const assignment = (name: string) =>
  fc
    .option(fc.tuple(known(name), fc.constantFrom('=', ' = ', '\t=  '), text))
    .map(found =>
      found === null
        ? null
        : { value: found[2].value, text: `${found[0]}${found[1]}${found[2].text}` },
    );

/** A config.toml as people and programs write it, and stranger. */
export const soundConfig: fc.Arbitrary<SoundConfig> = fc
  .record({
    provider: assignment('model_provider'),
    sqliteHome: assignment('sqlite_home'),
    profile: fc.option(fc.nat(), { freq: 3 }),
    profiles,
    providers: providers('model_providers'),
    noise: fc.array(noise, { maxLength: 4 }),
    tables: fc.array(noiseTable, { maxLength: 3 }),
    order: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    hasMark: fc.boolean(),
    endsInLine: fc.boolean(),
  })
  .map(config => {
    const chosen = config.profile === null ? undefined : config.profiles[config.profile % 4];
    const top = shuffled(config.order, [
      ...config.noise.map(numbered('n')),
      ...[config.provider, config.sqliteHome].flatMap(one => (one === null ? [] : [one.text])),
      ...(chosen === undefined ? [] : [`profile = ${basic(chosen.name)}`]),
    ]);
    const groups = [
      ...config.tables.map((table, index) => [numbered('t')(table, index)]),
      config.providers.statements,
      ...config.profiles.map(({ statements }) => statements),
    ];
    const statements = [...top, ...shuffled(config.order, groups).flat()];
    const before = top.slice(0, top.indexOf(config.provider?.text ?? ''));
    const whole = statements.join('\n') + (config.endsInLine ? '' : '\n');
    return {
      bytes: new TextEncoder().encode(
        `${config.hasMark ? '\ufeff' : ''}${whole.replaceAll('\n', config.lineEnd)}`,
      ),
      provider: chosen?.provider ?? config.provider?.value ?? 'openai',
      providerLine:
        config.provider === null
          ? null
          : before.join('\n').split('\n').length + (before.length > 0 ? 1 : 0),
      profile: chosen?.name ?? null,
      definedProviders: [
        ...new Set([...config.providers.ids, ...config.profiles.flatMap(({ ids }) => ids)]),
      ].sort(),
      sqliteHome: config.sqliteHome?.value ?? null,
    };
  });

function numbered(letter: string): (template: string, index: number) => string {
  return (template, index) =>
    template.replace(/(noise|server|ada\/)#/g, `$1${letter}${String(index)}`);
}

function shuffled<T>(order: readonly number[], values: readonly T[]): readonly T[] {
  return values
    .map((value, index) => ({ value, at: order[index % order.length] ?? 0 }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
}
