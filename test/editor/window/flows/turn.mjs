// Somebody works with Codex while the tree is open.

import assert from 'node:assert/strict';
import { eventually } from '../eventually.mjs';
import { onStage } from '../stage.mjs';
import { withRealHome } from '../realHome.ts';

export const turn = {
  name: 'turn',
  play: props =>
    withRealHome(props.folder, home =>
      onStage(props, showOf(home), async ({ page, step, picture, vscode }) => {
        const { openView, tree } = vscode;
        await openView();
        await tree.expand(/^one$/);
        await tree.row('alpha message').waitFor();
        await step('a thread that is begun meanwhile comes into the tree by itself', async () => {
          await home.beginThread('a question nobody has asked before');
          await tree.row('a question nobody has asked before').waitFor();
          await picture('turn');
        });
        await step('a thread that is gone on with goes to the top', async () => {
          await home.goOn('A');
          const threads = tree.rows.filter({ hasText: /message|question/ });
          await threads.first().filter({ hasText: 'alpha message' }).waitFor();
        });
        await step('what somebody looks at stays as it is while another goes on', async () => {
          await home.ageStays('C');
          await lookAround(page, vscode);
          const before = await tree.sight();
          assert.ok(before.scrolledTo > 0 && before.hasFocus && before.hover.length > 0);
          assert.equal(await isAbove(tree, 'bravo', 'alpha'), false);
          await home.goOn('B');
          await eventually('the thread at the top', () => isAbove(tree, 'bravo', 'alpha'));
          await picture('turn-undisturbed');
          assert.deepEqual(await tree.sight(), before);
        });
      }),
    ),
};

/** One thread is selected, another has the focus, the rows are scrolled, and a hover is open. */
async function lookAround(page, { tree, editor }) {
  await tree.expand(/^two$/);
  await tree.expand('Codex Home');
  await tree.open('charlie message');
  await editor.words('charlie message').waitFor();
  // Back into the tree, and one row up.
  await tree.list.press('ArrowUp');
  // Now there are more rows than are seen at once.
  await page.setViewportSize({ width: 1280, height: 400 });
  await tree.row('exec prompt').hover();
  await page.mouse.wheel(0, 40);
  await tree.hover('charlie message');
}

/** Rows stand in the page in any order, and know their places. */
async function isAbove(tree, upper, lower) {
  const [one, other] = await Promise.all(
    [upper, lower].map(text => tree.row(text).getAttribute('data-index')),
  );
  return Number(one) < Number(other);
}

export function showOf({ folder, project, codex }) {
  return { home: folder, folder: project, settings: { 'codexHealth.codexPath': codex } };
}
