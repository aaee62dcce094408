// The rows that VS Code has been given. It knows a row by the object that stands for it; so a row stays
// the same object as long as it is the same row, and is brought up to date: what VS Code asks about, and
// what it hands to a command, is what is so now.

import { MarkdownString, type TreeItem } from 'vscode';
import { toTreeItem } from './items.ts';
import { idOf, type Node } from './nodes.ts';

export class Rows {
  readonly #parents = new WeakMap<Node, Node>();
  /** What each row has been drawn as. */
  readonly #looks = new WeakMap<Node, string>();
  readonly #below = new WeakMap<Node, readonly Node[]>();
  #top: readonly Node[] | null = null;

  parentOf(row: Node): Node | undefined {
    return this.#parents.get(row);
  }

  /** Names the row, today as tomorrow. */
  idOf(row: Node): string {
    return this.#idBelow(this.#parents.get(row), row);
  }

  /** As they were given last; null where nobody has asked for them, or where it was forgotten. */
  below(parent: Node | undefined): readonly Node[] | null {
    return parent === undefined ? this.#top : (this.#below.get(parent) ?? null);
  }

  /** What is below has to be asked for anew. */
  forgetBelow(parent: Node): void {
    this.#below.delete(parent);
  }

  /** Whether these nodes are the rows that were given below a parent, in the same order. */
  areBelow(parent: Node | undefined, nodes: readonly Node[]): boolean {
    const known = this.below(parent) ?? [];
    return (
      known.length === nodes.length &&
      nodes.every((node, at) => {
        const row = known[at];
        return row !== undefined && this.#idBelow(parent, node) === this.idOf(row);
      })
    );
  }

  /** The rows for these nodes; each that was there before is the same object as it was. */
  place(parent: Node | undefined, nodes: readonly Node[]): readonly Node[] {
    const known = new Map((this.below(parent) ?? []).map(row => [this.idOf(row), row]));
    const rows = nodes.map(node => bringUpToDate(known.get(this.#idBelow(parent, node)), node));
    if (parent === undefined) this.#top = rows;
    else {
      this.#below.set(parent, rows);
      for (const row of rows) this.#parents.set(row, parent);
    }
    return rows;
  }

  draw(row: Node): TreeItem {
    const item = toTreeItem(row, this.idOf(row));
    this.#looks.set(row, looksOf(row, item));
    return item;
  }

  /** Whether a row that was drawn would be drawn otherwise now. */
  looksOtherwise(row: Node): boolean {
    const drawn = this.#looks.get(row);
    return drawn !== undefined && drawn !== looksOf(row, toTreeItem(row, this.idOf(row)));
  }

  #idBelow(parent: Node | undefined, node: Node): string {
    return idOf(node, parent === undefined ? '' : this.idOf(parent));
  }
}

/**
 * A row that was there takes over all that a node says now, and nothing of what it said before stays. A
 * node is copied: one that stands below two others is two rows.
 */
function bringUpToDate(row: Node | undefined, node: Node): Node {
  if (row === undefined) return { ...node };
  for (const name of Object.keys(row)) Reflect.deleteProperty(row, name);
  return Object.assign(row, node);
}

/** Everything of a row that is seen, heard, or seen by menus. */
function looksOf(row: Node, item: TreeItem): string {
  const { tooltip } = item;
  const told = tooltip instanceof MarkdownString ? tooltip.value : tooltip;
  // A command that is given the row itself is given what the row says when it is run.
  return JSON.stringify({ ...item, tooltip: told }, (_, value: unknown) =>
    value === row ? null : value,
  );
}
