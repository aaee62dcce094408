// The rows of the tree, level by level, as VS Code asks for them. Threads of a project are asked of
// the server when somebody opens it. When something has changed, only rows that look otherwise or hold
// others are drawn again: a row that is drawn loses the hover that somebody reads, and with it all below.

import { EventEmitter, type Event, type TreeDataProvider, type TreeItem } from 'vscode';
import type {
  Filter,
  HealthTree,
  ProjectNode,
  ThreadNode,
  ThreadsRequest,
} from '../../protocol/tree.ts';
import type { Client } from '../client.ts';
import { rowsBelow, type MoreNode, type Node } from './nodes.ts';
import { Rows } from './rows.ts';
import { stateOf } from './states.ts';

/** Threads of a project that are shown at once; trouble is among the first. */
const PAGE = 200;

export class ThreadTree implements TreeDataProvider<Node> {
  readonly #client: Client;
  readonly #filter: () => Filter;
  readonly #changed = new EventEmitter<Node[] | undefined>();
  readonly #answered = new EventEmitter<HealthTree | Error>();
  readonly #rows = new Rows();
  /** Rows that somebody has closed: VS Code keeps what is below, and shows it when they are opened. */
  readonly #closed = new WeakSet<Node>();
  readonly #pages = new Map<string, number>();
  #newest: Promise<HealthTree | null> | null = null;
  /** A thread that was searched for, and shall be among the rows of its project. */
  #sought: ThreadNode | null = null;

  constructor(client: Client, filter: () => Filter) {
    this.#client = client;
    this.#filter = filter;
  }

  /** Told of the newest tree, or of the failure to get it; also while the view is closed. */
  get onAnswered(): Event<HealthTree | Error> {
    return this.#answered.event;
  }

  get onDidChangeTreeData(): Event<Node[] | undefined> {
    return this.#changed.event;
  }

  getTreeItem(node: Node): TreeItem {
    return this.#rows.draw(node);
  }

  getParent(node: Node): Node | undefined {
    return this.#rows.parentOf(node);
  }

  async getChildren(parent?: Node): Promise<Node[]> {
    const nodes = parent === undefined ? await this.#roots() : await this.#nodesOf(parent);
    return [...this.#rows.place(parent, nodes)];
  }

  /** Asks again, and draws what is otherwise than it was drawn. */
  async refresh(): Promise<void> {
    this.#newest = null;
    const asked = this.#tree();
    const isAnswered = (await asked) !== null;
    const isNewest = () => this.#newest === asked;
    const changed = isAnswered
      ? await this.#changedRows(isNewest).catch(() => 'all' as const)
      : 'all';
    // When somebody has asked again since, that answer is the one to draw.
    if (isAnswered && !isNewest()) return;
    if (changed === 'all') this.#changed.fire(undefined);
    else if (changed.length > 0) this.#changed.fire([...changed]);
  }

  /** Draws everything anew. What is open and selected stays so, since rows keep their ids. */
  redraw(): void {
    this.#newest = null;
    void this.#tree();
    this.#changed.fire(undefined);
  }

  showMore({ project }: MoreNode): void {
    const key = this.#rows.idOf(project);
    this.#pages.set(key, (this.#pages.get(key) ?? 1) + 1);
    this.#changed.fire([project]);
  }

  closed(row: Node): void {
    this.#closed.add(row);
  }

  opened(row: Node): void {
    this.#closed.delete(row);
  }

  /** The row of a thread, also one that stands behind many others; null where the filter hides it. */
  async rowOf(thread: ThreadNode): Promise<Node | null> {
    const [host] = await this.getChildren();
    if (host === undefined) return null;
    this.#sought = thread;
    // What VS Code has loaded before may be without it.
    this.#changed.fire(undefined);
    for (const top of await this.getChildren(host)) {
      const row = await this.#rowBelow(top, thread);
      if (row !== null) return row;
    }
    return null;
  }

  dispose(): void {
    this.#changed.dispose();
    this.#answered.dispose();
  }

  async #rowBelow(node: Node, thread: ThreadNode): Promise<Node | null> {
    if (node.kind === 'thread' && node.id === thread.id) return node;
    const mayHold =
      node.kind === 'project'
        ? [node, ...node.worktrees].some(({ path }) => path === thread.project)
        : node.kind === 'thread' && node.children.length > 0;
    if (!mayHold) return null;
    for (const row of await this.getChildren(node)) {
      const found = await this.#rowBelow(row, thread);
      if (found !== null) return found;
    }
    return null;
  }

  /** Of the rows that VS Code has, those that have to be drawn; each is drawn with all that is below it. */
  async #changedRows(isNewest: () => boolean): Promise<readonly Node[] | 'all'> {
    if (this.#rows.below(undefined) === null) return [];
    const nodes = await this.#roots();
    if (!this.#rows.areBelow(undefined, nodes)) return 'all';
    return this.#changedAmong(this.#rows.place(undefined, nodes), isNewest);
  }

  async #changedAmong(rows: readonly Node[], isNewest: () => boolean): Promise<readonly Node[]> {
    const changed = rows.map(async row =>
      this.#rows.looksOtherwise(row) ? [row] : this.#changedBelow(row, isNewest),
    );
    return (await Promise.all(changed)).flat();
  }

  async #changedBelow(row: Node, isNewest: () => boolean): Promise<readonly Node[]> {
    if (this.#rows.below(row) === null) return [];
    if (this.#closed.has(row)) {
      // Once is enough: VS Code then asks when it is opened, and what nobody sees is not asked for.
      this.#rows.forgetBelow(row);
      return [row];
    }
    const nodes = await this.#nodesOf(row);
    // What is older than what the rows say already must not be written into them.
    if (!isNewest()) return [];
    if (!this.#rows.areBelow(row, nodes)) return [row];
    return this.#changedAmong(this.#rows.place(row, nodes), isNewest);
  }

  async #roots(): Promise<readonly Node[]> {
    const tree = await this.#tree();
    return tree === null || stateOf(tree, this.#filter()) !== 'read' ? [] : tree.hosts;
  }

  #tree(): Promise<HealthTree | null> {
    if (this.#newest !== null) return this.#newest;
    const asked = this.#client
      .ask('codexHealth/tree', { filter: this.#filter() })
      .catch(asError)
      .then(answer => {
        // When somebody has asked again since, this answer is an old one.
        if (this.#newest === asked) this.#answered.fire(answer);
        if (!(answer instanceof Error)) return answer;
        // Whoever asks next tries again.
        if (this.#newest === asked) this.#newest = null;
        return null;
      });
    this.#newest = asked;
    return asked;
  }

  async #nodesOf(node: Node): Promise<readonly Node[]> {
    if (node.kind === 'project') return [...node.worktrees, ...(await this.#threadsOf(node))];
    if (node.kind === 'thread') return this.#nodesOfThread(node);
    return rowsBelow(node);
  }

  async #threadsOf(project: ProjectNode): Promise<readonly Node[]> {
    const { host, path } = project;
    const sought = this.#sought?.project === path ? this.#sought.id : null;
    const request: ThreadsRequest = {
      host,
      project: path,
      filter: this.#filter(),
      limit: (this.#pages.get(this.#rows.idOf(project)) ?? 1) * PAGE,
      ...(sought === null ? {} : { including: sought }),
    };
    const { threads, more } = await this.#client.ask('codexHealth/threads', request);
    return more === 0 ? threads : [...threads, { kind: 'more', project, more }];
  }

  #nodesOfThread(node: ThreadNode): readonly Node[] {
    const { findings, children, moreChildren } = node;
    const project = this.#projectAbove(node);
    return moreChildren === 0 || project === null
      ? [...findings, ...children]
      : [...findings, ...children, { kind: 'more', project, more: moreChildren }];
  }

  #projectAbove(node: Node): ProjectNode | null {
    for (let at: Node | undefined = node; at !== undefined; at = this.#rows.parentOf(at))
      if (at.kind === 'project') return at;
    return null;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
