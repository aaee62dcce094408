// Shows the little Markdown in which checks say what they mean on a terminal, and as plain text.

import type { Paint } from './paint.ts';
import { padEnd } from './width.ts';
import { wrap } from './wrap.ts';

type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'item'; readonly mark: string; readonly text: string }
  | { readonly kind: 'code'; readonly lines: readonly string[] };

export function renderMarkdown(markdown: string, width: number, paint: Paint): string[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((block, index) => {
    const before = blocks[index - 1];
    const isTight = block.kind === 'item' && before?.kind === 'item';
    const lines = renderBlock(block, width, paint);
    return index === 0 || isTight ? lines : ['', ...lines];
  });
}

/** The same in one line for each paragraph, without marks. */
export function markdownAsText(markdown: string): string {
  return blocksOf(markdown)
    .map(block => {
      if (block.kind === 'code') return block.lines.join('\n');
      const text = inline(block.text, { code: same, strong: same, aside: same });
      return block.kind === 'item' ? `${block.mark} ${text}` : text;
    })
    .join('\n');
}

const same = (text: string) => text;

function renderBlock(block: Block, width: number, paint: Paint): string[] {
  if (block.kind === 'code') return block.lines.map(line => `    ${line}`);
  const text = inline(block.text, {
    code: eachWord(paint.bold),
    strong: eachWord(paint.bold),
    aside: eachWord(paint.dim),
  });
  if (block.kind === 'heading') return wrap(text, width).map(line => paint.bold(line));
  if (block.kind === 'text') return wrap(text, width);
  const margin = block.mark.length + 1;
  const [first = '', ...rest] = wrap(text, width - margin);
  return [`${padEnd(block.mark, margin)}${first}`, ...rest.map(line => ' '.repeat(margin) + line)];
}

interface Styles {
  code(text: string): string;
  strong(text: string): string;
  aside(text: string): string;
}

/** Words are painted one by one, so that a line break never lies within a colour. */
function eachWord(paint: (text: string) => string): (text: string) => string {
  return text => text.split(' ').map(paint).join(' ');
}

function inline(text: string, { code, strong, aside }: Styles): string {
  return text
    .split(/(`[^`]+`)/)
    .map(part =>
      part.startsWith('`')
        ? code(part.slice(1, -1))
        : part
            .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, label: string, to: string) =>
              label === to ? to : `${label} ${aside(`(${to})`)}`,
            )
            .replaceAll(/\*\*([^*]+)\*\*/g, (_, bold: string) => strong(bold))
            .replaceAll(/(?<![\w*])[*_]([^*_]+)[*_](?![\w*])/g, '$1')
            .replaceAll(/\\([!-/:-@[-`{-~])/g, '$1'),
    )
    .join('');
}

function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: string[] = [];
  let mark: string | null = null;
  const end = () => {
    const text = open.join(' ');
    if (text !== '')
      blocks.push(mark === null ? { kind: 'text', text } : { kind: 'item', mark, text });
    open = [];
    mark = null;
  };
  const lines = markdown.trim().split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const item = /^\s*([-*+]|\d+\.)\s+(.*)$/.exec(line);
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    if (/^\s*```/.test(line)) {
      end();
      const close = lines.findIndex((other, at) => at > index && /^\s*```/.test(other));
      const after = close < 0 ? lines.length : close;
      blocks.push({ kind: 'code', lines: lines.slice(index + 1, after) });
      index = after;
    } else if (heading !== null) {
      end();
      blocks.push({ kind: 'heading', text: heading[1] ?? '' });
    } else if (item !== null) {
      end();
      mark = item[1] === '*' || item[1] === '+' ? '-' : (item[1] ?? '-');
      open.push(item[2] ?? '');
    } else if (line.trim() === '') end();
    else open.push(line.trim());
  }
  end();
  return blocks;
}
