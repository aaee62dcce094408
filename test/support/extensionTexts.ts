// What the extension says to people, read from its code: the keys of its translations, and what is said past
// them.

import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const FOLDER = path.join(import.meta.dirname, '../../src/extension');

/** Functions whose texts a person reads in the window, whatever they are made of. */
const SAYING =
  /^(?:show\w+Message|showQuickPick|showInputBox|setStatusBarMessage|withProgress|appendMarkdown|appendText|MarkdownString|TreeItem)$/;

/** Properties of what is handed to VS Code that are read by a person. */
const READ = new Set([
  ...['label', 'description', 'detail', 'tooltip', 'title', 'message'],
  ...['placeHolder', 'prompt', 'openLabel', 'saveLabel'],
]);

/** Properties that VS Code keeps to itself, however much like a sentence their values look. */
const NAMING = new Set(['id', 'contextValue', 'command', 'group']);

/** What these are told is for a log or for us, and stays English. */
const NOT_FOR_PEOPLE = /^(?:trace|debug|info|warn|error|Error|TypeError|createOutputChannel)$/;

export interface ExtensionTexts {
  /** What is handed to `l10n.t`: the English texts. */
  readonly keys: readonly string[];
  /** Calls of `l10n.t` whose text cannot be read from the code. */
  readonly unreadable: readonly string[];
  /** Texts for people that are not handed to it. */
  readonly bypassing: readonly string[];
}

export function extensionTexts(folder = FOLDER): ExtensionTexts {
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .sort();
  const texts = files.map(name => {
    const file = path.join(folder, name);
    return textsOf(name, fs.readFileSync(file, 'utf8'));
  });
  return {
    keys: [...new Set(texts.flatMap(({ keys }) => keys))].sort(),
    unreadable: texts.flatMap(({ unreadable }) => unreadable),
    bypassing: texts.flatMap(({ bypassing }) => bypassing),
  };
}

/** Of one file, which is called `name` in what is complained about. */
export function textsOf(name: string, code: string): ExtensionTexts {
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true);
  const keys: string[] = [];
  const unreadable: string[] = [];
  const bypassing: string[] = [];
  const place = (node: ts.Node): string => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    return `${name}:${String(line + 1)} ${node.getText()}`;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    if (ts.isCallExpression(node) && node.expression.getText() === 'l10n.t') {
      const [text, ...inserted] = node.arguments;
      if (text !== undefined && ts.isStringLiteralLike(text)) keys.push(text.text);
      else unreadable.push(place(node));
      inserted.forEach(visit);
      return;
    }
    if (callee(node) !== null && NOT_FOR_PEOPLE.test(callee(node) ?? '')) return;
    for (const text of literalPieces(node))
      if (isForPeople(node) && (isProse(text) || (isWord(text) && isRead(node))))
        bypassing.push(place(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { keys, unreadable, bypassing };
}

/** What is fixed of a literal; of a template each piece. */
function literalPieces(node: ts.Node): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return [];
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
}

/** Two words beside each other; what has options (`-Name`) is for a shell. */
function isProse(text: string): boolean {
  return isWord(text) && /\p{L}{2,} +\p{L}/u.test(text) && !/(?:^| )-\p{L}/u.test(text);
}

/** Icons (`$(warning)`) and names of products are the same in every language. */
function isWord(text: string): boolean {
  const rest = text.replace(/\$\([\w~-]+\)/g, '').replace(/Codex( Session Health)?/g, '');
  return /\p{L}{2}/u.test(rest);
}

/** A literal is not when it is compared with, names something, or goes to the log. */
function isForPeople(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.getText() === '===') return false;
  if (ts.isBinaryExpression(parent) && ts.isPropertyAccessExpression(parent.left))
    return !NAMING.has(parent.left.name.text);
  if (!ts.isPropertyAssignment(parent)) return true;
  // A failure of the connection that is said to be handled is only written to the log.
  const isLogged = parent.parent.properties.some(other => other.getText() === 'handled: true');
  return !isLogged && !NAMING.has(parent.name.getText());
}

/** Whether a literal is, as it is, what somebody reads. */
function isRead(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isConditionalExpression(parent) && parent.condition !== node) return isRead(parent);
  if (ts.isParenthesizedExpression(parent)) return isRead(parent);
  if (ts.isArrayLiteralExpression(parent)) return isRead(parent);
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return isRead(parent);
  if (ts.isPropertyAssignment(parent)) return READ.has(parent.name.getText());
  if (ts.isBinaryExpression(parent) && ts.isPropertyAccessExpression(parent.left))
    return parent.right === node && READ.has(parent.left.name.text);
  return SAYING.test(callee(parent) ?? '');
}

/** The last name of what is called or constructed; null for what is neither. */
function callee(node: ts.Node): string | null {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return null;
  const { expression } = node;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
}
