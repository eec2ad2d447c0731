/** A value of the store that somebody changed with another program: it is told, taken back, and the log holds again. */
import { editOutside, edits } from '../src/core/audit/testing/edit-outside.ts';
import { messages } from '../src/renderer/messages.en.ts';
import { migrated } from './damage.ts';
import { expect, test } from './door.ts';
import { goTo, passphrase } from './steps.ts';

const { outside, unlock, frame } = messages;

test.use({
  prepare: {
    run: async (before) => {
      const { unlocked } = await migrated(before);
      for (const region of ['eu-west-1', 'eu-west-2'])
        await before.cli(...unlocked, 'config', 'set', 's3.region', region);
      await editOutside(before.home, (editing) => {
        edits.value('s3.region', '"mars-1"')(editing);
        edits.insert('s3.extra', '"from elsewhere"')(editing);
      });
    },
  },
});

test('outside changes are told after the open; one is taken back, one is taken over, by keyboard', async ({ door }) => {
  const { page } = door;
  const list = page.getByRole('list', { name: outside.title });
  await expect(list.getByRole('listitem')).toHaveCount(2);
  const region = list.getByRole('listitem').filter({ hasText: 's3.region' });
  await expect(region).toContainText('eu-west-2');
  await expect(region).toContainText('mars-1');
  await expect(region).toContainText(outside.what.changed);
  await expect(list.getByRole('listitem').filter({ hasText: 's3.extra' })).toContainText(outside.what.added);
  await door.accessible('outside');

  await region.getByRole('button', { name: outside.revert }).press('Enter');
  const back = page.getByRole('dialog', { name: outside.revertTitle });
  await expect(back).toContainText('s3.region');
  await back.getByLabel(outside.reason, { exact: true }).fill('nobody meant that');
  await door.accessible('outside-revert');
  await back.getByRole('button', { name: outside.revert }).press('Enter');
  const key = page.getByRole('dialog', { name: unlock.title });
  await key.getByLabel(unlock.passphrase, { exact: true }).fill(passphrase);
  await key.getByLabel(unlock.passphrase, { exact: true }).press('Enter');
  await expect(list.getByRole('listitem')).toHaveCount(1);

  await goTo(door, frame.audit);
  const extra = page.getByRole('list', { name: outside.title }).getByRole('listitem');
  await expect(extra).toContainText('from elsewhere');
  await door.accessible('outside-audit');
  await extra.getByRole('button', { name: outside.accept }).press('Enter');
  const take = page.getByRole('dialog', { name: outside.acceptTitle });
  await take.getByLabel(outside.reason, { exact: true }).fill('meant so');
  await take.getByRole('button', { name: outside.accept }).press('Enter');
  await expect(page.getByRole('list', { name: outside.title })).toHaveCount(0);

  const answered = await door.cli('--json', 'audit', 'outside');
  expect(JSON.parse(answered.stdout)).toMatchObject({ data: { changes: [], total: 0 } });
  expect((await door.cli('audit', 'verify')).code).toBe(0);
  const got = await door.cli('--json', 'config', 'get', 's3.region');
  expect(JSON.parse(got.stdout)).toMatchObject({ data: { value: 'eu-west-2' } });
});
