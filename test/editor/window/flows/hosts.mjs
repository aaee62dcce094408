// A home that three hosts share, seen from one of them: whose thread it is, what stands under which host, a
// host that goes down, and the split.

import { HERE, OTHERS, whyNoHosts, withSharedHome } from '../sharedHome.ts';
import { onStage } from '../stage.mjs';

const [NEAR, DOWN] = OTHERS;

export const hosts = {
  name: 'hosts',
  whyNot: whyNoHosts,
  play: props =>
    withSharedHome(({ lab, show }) =>
      onStage(props, show, async window => {
        await seeHosts(window);
        await pin(window);
        await beGuarded(window);
        await split(window);
        await loseHost(window, lab);
      }),
    ),
};

async function seeHosts({ step, picture, vscode }) {
  const { openView, widenSideBar, tree } = vscode;
  await step('hosts that share the home stand side by side', async () => {
    await openView();
    await widenSideBar();
    for (const name of [HERE, ...OTHERS]) await tree.row(name).waitFor();
    for (const name of OTHERS) await tree.row(name).filter({ hasText: 'seen' }).waitFor();
  });
  await step('and say from where else their threads are visible', async () => {
    const hover = await tree.hover(NEAR);
    await hover
      .filter({ hasText: `Also visible from: ${HERE}, ${DOWN}` })
      .first()
      .waitFor();
    await picture('hosts');
  });
}

async function pin({ page, step, picture, vscode }) {
  const { tree, messages } = vscode;
  await step('a project is said to belong to another host', async () => {
    await tree.menu(/^two$/, 'Belongs to Host…');
    await vscode.choice(NEAR).waitFor();
    await picture('hosts-pin');
    await vscode.choose(NEAR);
  });
  await step('whether it may be noted what is written here is asked once, then', async () => {
    await messages.press('Shall it be noted', 'Note It');
    await messages.saying('Shall it be noted').waitFor({ state: 'detached' });
  });
  await step('its threads stand under that host, and under no other', async () => {
    await tree.expand(NEAR);
    await tree.expand(/^two$/);
    await tree.row('charlie message').waitFor();
    const count = await tree.rows.filter({ hasText: /^two/ }).count();
    if (count > 1) throw new Error('the project stands under two hosts');
    await page.mouse.move(900, 600);
    await picture('hosts-thread');
  });
}

async function beGuarded({ step, picture, vscode }) {
  const { tree, modal } = vscode;
  await step('a thread of another host says so before it is opened', async () => {
    await tree.press('charlie message', 'Open in Codex');
    await modal.says(`This thread belongs to ${NEAR}.`);
    await picture('hosts-guard');
    await modal.press('Cancel');
    await modal.isGone();
  });
}

async function loseHost({ step, picture, vscode }, lab) {
  const { modal, tree } = vscode;
  await step('a host that is down is a gap, with what was seen of it before', async () => {
    lab.cut(DOWN);
    await vscode.run('Codex: Refresh Session Health');
    await tree.expand(DOWN);
    await tree.row(/^how it is now: /).waitFor();
    await picture('hosts-gap');
  });
  await step(
    'of a host that nobody can see a split asks first whether a Codex runs there',
    async () => {
      await vscode.run('Codex: Give Each Host Its Own Codex Home…');
      await vscode.choice(NEAR).waitFor();
      await vscode.takeTicked();
      await modal.says(`Does a Codex run on ${DOWN}?`);
      await picture('hosts-unseen');
      await modal.press('Cancel');
      await modal.isGone();
    },
  );
}

async function split({ step, picture, vscode }) {
  const { editor, messages, modal } = vscode;
  await step('a split is offered for those that answer', async () => {
    await vscode.run('Codex: Give Each Host Its Own Codex Home…');
    await vscode.choice(NEAR).waitFor();
    await picture('hosts-choose');
    await vscode.takeTicked();
    await vscode.choose('By link');
  });
  await step('its plan is shown, with what is lost and what has to be closed', async () => {
    await modal.says('Give each of 3 hosts a Codex home of its own?');
    await picture('hosts-consent');
    await modal.press('Read the Plan First');
    await modal.isGone();
    await editor.words(`${HERE}, ${NEAR}, ${DOWN}`).waitFor();
    await picture('hosts-plan');
  });
  await step('once it is made, each host is asked whether it took', async () => {
    await vscode.run('Codex: Carry Out Plan…');
    await modal.press(/^Split$/);
    await messages.saying('Hosts that have a Codex home of their own now').waitFor();
    await picture('hosts-split');
  });
  await step('and it is undone, with fresh looks at its hosts', async () => {
    await messages.press('Hosts that have', /^Undo$/);
    await messages.saying('everything is as it was before').waitFor();
    await vscode.tree.expand(NEAR);
    await vscode.tree.expand(/^two$/);
    await vscode.tree.row('charlie message').waitFor();
  });
}
