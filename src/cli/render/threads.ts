// The threads as a person reads them: who shows each one, and why another does not.

import type { CheckPage } from '../../engine/engine.ts';
import type { Finding } from '../../engine/model/finding.ts';
import type { Report } from '../../engine/model/report.ts';
import type { Thread } from '../../engine/model/thread.ts';
import type { ThreadId } from '../../engine/model/words.ts';
import type { Page } from '../page.ts';
import { harmless } from '../../words/harmless.ts';
import { ageInWords, count, inWords } from '../../words/amounts.ts';
import { displayWidth, padEnd, padStart, shorten } from '../text/width.ts';
import { wrapIndented } from '../text/wrap.ts';
import { titleOf } from './findings.ts';
import { isSubAgent, SURFACES, type ThreadHost, type ThreadProject } from './threadTree.ts';

export interface ThreadsOptions {
  readonly page: Page;
  readonly checks: readonly CheckPage[];
  readonly isAll: boolean;
  typed(command: string): string;
}

/** Widths of the columns behind the title. */
const AGE = 15;
const SURFACE = 9;
const ID = 38;
const MARGIN = '    ';
const WIDE_ENOUGH_FOR_IDS = 112;
const WIDE_ENOUGH_FOR_AGES = 68;

export function renderThreads(
  report: Report,
  hosts: readonly ThreadHost[],
  options: ThreadsOptions,
): string {
  const writer = new ThreadWriter(report, options);
  const lines = hosts.flatMap(host => writer.host(host));
  return `${[...lines, ...writer.end(hosts)].join('\n')}\n`;
}

class ThreadWriter {
  readonly #report: Report;
  readonly #options: ThreadsOptions;
  readonly #titles: ReadonlyMap<string, string>;
  readonly #findings = new Map<ThreadId, Finding[]>();
  /** Why it is not known of whom; said once, at the end. */
  readonly #unknown = new Map<string, Set<string>>();

  constructor(report: Report, options: ThreadsOptions) {
    this.#report = report;
    this.#options = options;
    this.#titles = new Map(options.checks.map(({ id, title }) => [id, title]));
    for (const finding of report.findings) {
      if (finding.accepted || finding.severity === 'note') continue;
      for (const id of finding.threads)
        this.#findings.set(id, [...(this.#findings.get(id) ?? []), finding]);
    }
  }

  host({ name, threads, projects }: ThreadHost): string[] {
    const { paint } = this.#options.page;
    const title = `${paint.bold(harmless(name))} ${paint.dim(`· ${count(threads, 'thread')} in ${count(projects.length, 'project')}`)}`;
    return [
      title,
      ...projects.filter(({ shown }) => shown.length > 0).flatMap(one => this.#project(one)),
    ];
  }

  #project(project: ThreadProject): string[] {
    const { page } = this.#options;
    const room = page.width - SURFACES.length * SURFACE;
    const reasons: string[] = [];
    const path = project.path === '' ? '(no directory)' : page.path(project.path, room - 3);
    const columns = SURFACES.map(({ column }) => page.paint.dim(padStart(column, SURFACE))).join(
      '',
    );
    const rows = project.shown.flatMap(thread => this.#thread(thread, reasons));
    const notes = reasons.flatMap((reason, index) =>
      wrapIndented(`${noteMark(index)} ${reason}`, page.width, MARGIN).map(page.paint.dim),
    );
    return [
      '',
      `${padEnd(`  ${page.paint.bold(path)}`, room)}${columns}`,
      ...rows,
      ...notes,
      ...this.#hidden(project),
    ];
  }

  #thread(thread: Thread, reasons: string[]): string[] {
    const { page } = this.#options;
    const findings = this.#findings.get(thread.id) ?? [];
    const tags = tagsOf(thread);
    const room = this.#titleRoom();
    const id = this.#hasIds()
      ? page.paint.dim(padEnd(shorten(harmless(thread.id), ID - 2), ID))
      : '';
    const tag = tags.length === 0 ? '' : ` ${page.paint.dim(`(${tags.join(', ')})`)}`;
    const title = shorten(harmless(titleOf(thread)), room - displayWidth(tag));
    const age =
      this.#ageWidth() === 0 ? '' : ageInWords(thread.updatedAtMs, this.#report.snapshot.takenAtMs);
    const shown = SURFACES.map(({ key, name }) => this.#shown(thread, key, name, reasons)).join('');
    return [
      `${MARGIN}${id}${padEnd(`${title}${tag}`, room)}${page.paint.dim(padStart(age, this.#ageWidth()))}${shown}`,
      ...findings.map(finding => this.#trouble(finding)),
    ];
  }

  /** Ids are long; where they leave no room for titles, they are in the JSON alone. */
  #hasIds(): boolean {
    return this.#options.page.width >= WIDE_ENOUGH_FOR_IDS;
  }

  #titleRoom(): number {
    const columns = SURFACES.length * SURFACE + this.#ageWidth() + (this.#hasIds() ? ID : 0);
    return this.#options.page.width - MARGIN.length - columns;
  }

  #ageWidth(): number {
    return this.#options.page.width < WIDE_ENOUGH_FOR_AGES ? 0 : AGE;
  }

  #trouble({ check, severity }: Finding): string {
    const { paint, width } = this.#options.page;
    const colour = severity === 'error' ? paint.red : paint.yellow;
    const room = width - MARGIN.length - displayWidth(check) - 7;
    const title = shorten(this.#titles.get(check) ?? check, room);
    return `${MARGIN}  ${colour('!')} ${title} ${paint.dim(`(${check})`)}`;
  }

  #shown(
    thread: Thread,
    surface: (typeof SURFACES)[number]['key'],
    name: string,
    reasons: string[],
  ): string {
    const { paint } = this.#options.page;
    const { shown, why } = this.#report.visibility[thread.id]?.surfaces[surface] ?? {
      shown: 'unknown' as const,
      why: null,
    };
    if (shown === true) return padStart(paint.green('yes'), SURFACE);
    if (shown === 'unknown') {
      const reason = harmless(why ?? 'it could not be predicted');
      this.#unknown.set(reason, (this.#unknown.get(reason) ?? new Set()).add(name));
      return padStart(paint.dim('?'), SURFACE);
    }
    return padStart(
      `${paint.yellow('no')}${noteMark(noteOf(harmless(why ?? ''), reasons))}`,
      SURFACE,
    );
  }

  #hidden({ threads, shown, archived }: ThreadProject): string[] {
    const rest = threads - shown.length;
    if (rest === 0) return [];
    const old = shown.filter(thread => thread.archived).length;
    const stored = archived - old;
    const what =
      stored === 0 ? '' : stored === rest ? ', archived' : `, ${inWords(stored)} of them archived`;
    return [this.#options.page.paint.dim(`${MARGIN}… and ${inWords(rest)} more${what}`)];
  }

  end(hosts: readonly ThreadHost[]): string[] {
    const { page, typed } = this.#options;
    const lines: string[] = [];
    for (const [why, names] of this.#unknown)
      lines.push(...wrapIndented(`? for ${[...names].join(', ')}: ${why}`, page.width, ''));
    const hidden = hosts
      .flatMap(({ projects }) => projects)
      .some(({ threads, shown }) => threads > shown.length);
    if (hidden) lines.push(`Every thread: ${typed('threads --all')}`);
    return lines.length === 0 ? [] : ['', ...lines.map(page.paint.dim)];
  }
}

function tagsOf(thread: Thread): string[] {
  return [
    thread.archived ? 'archived' : '',
    isSubAgent(thread) ? 'sub-agent' : thread.source === 'exec' ? 'exec' : '',
  ].filter(tag => tag !== '');
}

/** The number of a reason; each is written once below its project. */
function noteOf(reason: string, reasons: string[]): number {
  const before = reasons.indexOf(reason);
  return before < 0 ? reasons.push(reason) - 1 : before;
}

function noteMark(index: number): string {
  return [...String(index + 1)].map(digit => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? digit).join('');
}
