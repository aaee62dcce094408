// Hosts, as a person reads them: which of them share a home, and then one after the other.

import type {
  HostEntry,
  HostsOverview,
  SeenOwnDatabases,
  SharedHome,
} from '../../engine/engine.ts';
import { ageInWords, count, isoTime } from '../../words/amounts.ts';
import { harmless } from '../../words/harmless.ts';
import type { Context } from '../command.ts';
import type { Page } from '../page.ts';
import { wrap, wrapIndented } from '../text/wrap.ts';

export function hostsJson({ hosts, shared, ownDatabases }: HostsOverview) {
  return {
    schemaVersion: 1,
    hosts: hosts.map(({ takenAtMs, ...host }) => ({ ...host, takenAt: isoTime(takenAtMs) })),
    shared,
    ownDatabases,
  };
}

export function renderHosts(
  overview: HostsOverview,
  offered: readonly string[],
  remembers: boolean | null,
  context: Context,
): string {
  const { page, typed } = context;
  const { paint, width } = page;
  const known = new Set(overview.hosts.map(({ name }) => name));
  const more = offered.filter(alias => !known.has(alias));
  const lines = [
    ...wrap(harmless(headline(overview, page)), width).map(paint.bold),
    ...overview.shared.flatMap(home => ['', ...aboutShared(home, page)]),
    ...overview.hosts.flatMap(host => ['', ...aboutHost(host, overview, context)]),
    '',
    ...overview.ownDatabases
      .filter(({ host }) => !overview.hosts.some(one => isOf(one, host)))
      .flatMap(own =>
        wrap(harmless(`${own.host}, which was not looked at: ${sayOwn(own, page)}`), width),
      ),
    ...(overview.shared.length === 0 || remembers === true
      ? []
      : wrap(
          `Whose thread is whose could be told better if each look noted which threads are being written here: ${typed('hosts remember yes')}. Nothing is noted before you say so.`,
          width,
        )),
    ...(more.length === 0
      ? []
      : wrap(
          harmless(
            `Your ssh config also names ${listed(more)}. Nobody is connected to before you say so.`,
          ),
          width,
        )),
    ...(overview.shared.length === 0
      ? []
      : wrap(`To see what a home for each of them would be: ${typed('hosts split')}`, width).map(
          paint.dim,
        )),
    paint.dim(`To look at another host: ${typed('hosts add ALIAS')}`),
  ];
  return `${lines.join('\n')}\n`;
}

function headline({ hosts, shared }: HostsOverview, page: Page): string {
  const others = hosts.filter(({ isHere }) => !isHere);
  if (others.length === 0)
    return 'Only this machine was looked at: no other host has been added yet.';
  const ours = shared.find(home => home.hosts.includes(hosts[0]?.name ?? ''));
  if (ours !== undefined)
    return `${ours.hosts.join(', ')} use one Codex home, ${page.path(ours.path)}: a thread of one of them is listed, and can be resumed, on all.`;
  const silent = others.filter(({ by }) => by === 'nobody');
  if (silent.length > 0)
    return `${listed(silent.map(({ name }) => name))} did not answer, so it is not known whether they share this home.`;
  const unsure = others.filter(({ homes, gaps }) => homes.length === 0 && gaps.length > 0);
  return unsure.length > 0
    ? `It could not be told of every host whether it shares this home.`
    : 'No other host that was looked at uses the Codex home of this machine.';
}

function aboutShared(home: SharedHome, page: Page): readonly string[] {
  const said = [
    `How that is known of ${page.path(home.path)} on ${home.hosts.join(', ')}: ${home.because.join(' ')}`,
    ...(home.areVersionsMixed
      ? [
          `They run different versions of Codex on it (${home.versions.map(({ host, version }) => `${host}: ${version}`).join(', ')}), and an older one may not show what a newer one wrote.`,
        ]
      : []),
    ...(home.opaqueServers === 0
      ? []
      : [
          `Of ${count(home.opaqueServers, 'running app server')} the home could not be told; it may be this one.`,
        ]),
  ];
  return said.flatMap(text => wrap(harmless(text), page.width));
}

function isOf({ name, machine }: HostEntry, host: string): boolean {
  return (machine?.hostname ?? name) === host;
}

function sayOwn({ home, folder, at, isUsed }: SeenOwnDatabases, page: Page): string {
  return `databases of its own for ${page.path(home)} since ${at.slice(0, 10)}, in ${page.path(folder)}${USED[isUsed]}`;
}

const USED: Readonly<Record<SeenOwnDatabases['isUsed'], string>> = {
  yes: '',
  no: '; but a Codex there uses others',
  unknown: '; whether they are used is not known',
};

function aboutHost(
  host: HostEntry,
  { ownDatabases }: HostsOverview,
  { page, world }: Context,
): readonly string[] {
  const { paint, width } = page;
  const { name, isHere, machine, takenAtMs, homes, codexes, servers, starts, gaps, threads } = host;
  const itself = machine === null || machine.hostname === name ? '' : `(${machine.hostname})`;
  const when = isHere ? 'this machine' : whenSeen(host, ageInWords(takenAtMs, world.now()));
  const said = [
    ...homes.map(
      home =>
        `Home: ${page.path(home.path)}${home.filesystem === null ? '' : `, on ${home.filesystem.type}`}${home.mounted === null ? '' : ` (${home.mounted})`}`,
    ),
    ...ownDatabases.filter(own => isOf(host, own.host)).map(own => `It has ${sayOwn(own, page)}`),
    ...(threads === null ? [] : [`Threads: ${count(threads, 'thread')} of its own`]),
    ...codexes.map(({ path, version }) => `Codex ${version ?? 'of an unknown version'}: ${path}`),
    ...starts.map(
      ({ how, shell, codexHome, home }) =>
        `${STARTS[how]} (${shell}) uses ${page.path(codexHome ?? `${home}/.codex`)}`,
    ),
    ...servers.map(
      ({ pid, codexHome, isOpaque }) =>
        `An app server runs (process ${String(pid)})${isOpaque ? '; which home it uses could not be read' : `, with ${codexHome === null ? 'the usual home' : page.path(codexHome)}`}`,
    ),
    ...gaps.map(({ what, why }) => `Not known: ${what}: ${why}`),
  ];
  return [
    [paint.bold(harmless(name)), harmless(itself), ` ${paint.dim(when)}`]
      .filter(part => part !== '')
      .join(' '),
    ...said.flatMap(text => wrapIndented(harmless(text), width, '  ')),
  ];
}

const STARTS = {
  command: 'A Codex that is started over ssh',
  login: 'A Codex that is started in a terminal',
} as const;

function whenSeen({ by }: HostEntry, age: string): string {
  if (by === 'nobody') return 'did not answer';
  return by === 'node' ? `looked at ${age}` : `looked at ${age}, without Node: by its shell alone`;
}

function listed(names: readonly string[]): string {
  const few = names.slice(0, 8);
  const more = names.length - few.length;
  return more === 0 ? few.join(', ') : `${few.join(', ')} and ${String(more)} more`;
}
