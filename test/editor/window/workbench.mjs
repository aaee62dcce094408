// What a person sees and touches in a window of VS Code, each by what it is called on the screen. Every
// function waits for the state that it names, and for no time.

const NAME = 'Codex Session Health';
/** How far to the right the side bar goes after it was pulled open. */
export const SIDE_BAR_END = 450;

export function workbenchOf(page) {
  const icon = page.locator('.activitybar .action-item', {
    has: page.locator(`[aria-label^="${NAME}"]`),
  });
  const view = page.locator('.part.sidebar .pane-body');
  const prompt = page.locator('.quick-input-widget');
  const choices = page.locator('.quick-input-list .monaco-list-row');
  const named = (list, text) => list.filter({ hasText: text }).first();

  return {
    /** The sidebar's tree. */
    tree: treeOf(page, view),
    editor: editorOf(page),
    problems: problemsOf(page),
    modal: modalOf(page),
    messages: messagesOf(page),

    /** Opens our view in the sidebar, where it is not open yet. */
    async openView() {
      if (!(await icon.evaluate(item => item.classList.contains('checked')))) await icon.click();
      await view.first().waitFor();
    },
    /** Pulls the side bar open as far as somebody does who reads titles in it. */
    async widenSideBar() {
      const { x, width } = await page.locator('.part.sidebar').boundingBox();
      await page.mouse.move(x + width, 600);
      await page.mouse.down();
      await page.mouse.move(SIDE_BAR_END, 600, { steps: 4 });
      await page.mouse.up();
    },
    /** Resolves when the badge at our icon says this; null: when there is none. */
    async badge(number) {
      const badge = icon.locator('.badge-content', { hasText: /\d/ });
      if (number === null) await badge.waitFor({ state: 'hidden' });
      else await badge.filter({ hasText: new RegExp(`^${number}$`) }).waitFor();
    },
    /** The text of a view that has no rows. */
    welcome: text => page.locator('.welcome-view-content', { hasText: text }),
    /** A link or button in that text. */
    pressInWelcome: label =>
      page
        .locator('.welcome-view-content')
        .locator('a, .monaco-button', { hasText: label })
        .first()
        .click(),
    /** Runs a command as a person does who knows its name. */
    async run(title) {
      await page.keyboard.press('F1');
      const input = prompt.locator('input[type=text]').first();
      await input.waitFor({ state: 'visible' });
      await input.fill(`>${title}`);
      await named(choices, title).click();
    },
    /** Types into the line above a list. */
    fill: text => prompt.locator('input[type=text]').first().fill(text),
    /** An entry of a list that VS Code asks with. */
    choice: text => named(choices, text),
    choose: text => named(choices, text).click(),
    /** Takes what is ticked in a list of several. */
    takeTicked: () => prompt.locator('.monaco-button', { hasText: 'OK' }).first().click(),
    /** Resolves when the window stands there anew. */
    async reload() {
      await page.evaluate(() => (globalThis.isBefore = true));
      await this.run('Developer: Reload Window');
      await page.waitForFunction(() => globalThis.isBefore === undefined);
      await page.waitForSelector('.monaco-workbench');
    },
    statusBar: text => page.locator('.statusbar-item', { hasText: text }).first(),
    /** A line in the panel: of a log, of a terminal. */
    inPanel: text => page.locator('.part.panel .view-line', { hasText: text }).first(),
  };
}

function treeOf(page, view) {
  const rows = view.locator('.monaco-list-row');
  const row = text => rows.filter({ has: page.locator('.label-name', { hasText: text }) }).first();
  const list = view.locator('.monaco-list').first();
  return {
    list,
    rows,
    row,
    /** The message above the rows. */
    says: text => page.locator('.part.sidebar .message', { hasText: text }).first(),
    async expand(text) {
      await row(text).waitFor();
      if ((await row(text).getAttribute('aria-expanded')) === 'true') return;
      await row(text).locator('.monaco-tl-twistie').click();
      await expandedRow(rows, page, text).waitFor();
    },
    open: text => row(text).click(),
    /** What a screen reader says of a row. */
    spoken: text => row(text).getAttribute('aria-label'),
    /** A button at the end of a row, which is there while the pointer is over it. */
    async press(text, title) {
      await row(text).hover();
      await row(text).locator(`.action-label[aria-label^="${title}"]`).click();
    },
    async menu(text, title) {
      await row(text).click({ button: 'right' });
      await chooseInMenu(page, title);
    },
    async hover(text) {
      await row(text).hover();
      const hover = page.locator('.monaco-hover');
      await hover.first().waitFor();
      return hover;
    },
    /** What somebody has before them: focus, selection, how far it is scrolled, and the open hover. */
    async sight() {
      const named = state => rows.and(page.locator(state));
      const labels = found => found.evaluateAll(all => all.map(row => row.ariaLabel));
      const top = at => at.evaluate(box => box.getBoundingClientRect().top);
      return {
        focused: await labels(named('.focused')),
        selected: await labels(named('.selected')),
        scrolledTo: (await top(list)) - (await top(list.locator('.monaco-list-rows'))),
        hasFocus: await list.evaluate(box => box.contains(box.ownerDocument.activeElement)),
        hover: await page.locator('.monaco-hover:visible').allInnerTexts(),
      };
    },
    /** Resolves when no row is called this any more. */
    gone: text => row(text).waitFor({ state: 'detached' }),
  };
}

function expandedRow(rows, page, text) {
  return rows
    .and(page.locator('[aria-expanded="true"]'))
    .filter({ has: page.locator('.label-name', { hasText: text }) })
    .first();
}

function editorOf(page) {
  const shown = page.locator('.editor-instance .view-lines');
  const marker = severity => page.locator(`.editor-instance .squiggly-${severity}`).first();
  return {
    /** Words of the text that is shown, wherever a line of it wraps: a narrow window is as good as a wide one. */
    words: text => shown.filter({ hasText: inAnyWidth(text) }).first(),
    tab: text => page.locator('.tabs-container .tab.active', { hasText: text }),
    marker,
    /** What can be done, above the line that it is about. */
    offered: title =>
      page.locator('.editor-instance .codelens-decoration a', { hasText: title }).first(),
    /** Takes what is offered above a finding, with a lightbulb in front of it. */
    async fix(title) {
      const offered = page
        // Of one that is said twice, whichever stands in what is shown of the page.
        .locator('.editor-instance .codelens-decoration a:visible', { hasText: title })
        .first();
      await offered.locator('.codicon-lightbulb').waitFor();
      await offered.click();
    },
  };
}

/** VS Code draws spaces of its own kind, and each part of a line that wraps as an element of its own. */
function inAnyWidth(text) {
  const words = text.split(' ').map(word => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(words.join(String.raw`\s*`));
}

function problemsOf(page) {
  const rows = page.locator('.markers-panel .monaco-list-row');
  return {
    rows,
    row: text => rows.filter({ hasText: text }).first(),
    open: () => page.keyboard.press('Control+Shift+M'),
    gone: text => rows.filter({ hasText: text }).first().waitFor({ state: 'detached' }),
    /** Opens the lightbulb of a row and takes what it offers. An editor that is read-only shows none. */
    async fix(text, title) {
      await rows.filter({ hasText: text }).first().click();
      await rows.locator('.codicon-light-bulb, .codicon-lightbulb').first().click();
      await chooseInMenu(page, title);
    },
  };
}

/** By the keyboard: a menu takes no click that comes too soon after it was opened. */
async function chooseInMenu(page, title) {
  const item = page.locator('.monaco-menu .action-item', { hasText: title }).first();
  await item.hover();
  await item.and(page.locator('.focused')).waitFor();
  await page.keyboard.press('Enter');
}

/** The question that has to be answered before anything else is done. */
function modalOf(page) {
  const box = page.locator('.monaco-dialog-box');
  return {
    says: text => box.filter({ hasText: text }).waitFor(),
    press: label => box.locator('.monaco-button', { hasText: label }).first().click(),
    isGone: () => box.waitFor({ state: 'detached' }),
  };
}

/** The messages at the corner of the window. */
function messagesOf(page) {
  const all = page.locator('.notification-toast');
  const saying = text => all.filter({ hasText: text }).first();
  return {
    all,
    saying,
    press: (text, label) =>
      saying(text).locator('.monaco-button', { hasText: label }).first().click(),
    async close(text) {
      await saying(text).hover();
      await saying(text).locator('.codicon-notifications-clear').first().click();
      await saying(text).waitFor({ state: 'detached' });
    },
  };
}
