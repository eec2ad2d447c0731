/** The corpus of naughty strings on every page that shows what people typed: text, never markup, never a script. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { messages } from '../../src/renderer/messages.en.ts';
import { expect, test } from '../door.ts';
import { rootDir } from '../launch.ts';
import { goTo, setUp } from '../steps.ts';

const { audit, backups, frame, versions } = messages;
const corpus = join(rootDir, '..', 'shared', 'corpora', 'blns', 'blns.json');

/** A command as the page itself sends it. */
const call = (page: Page, name: string, input: unknown): Promise<{ ok: boolean }> =>
  page.evaluate(async (body) => {
    const headers = {
      'content-type': 'application/json',
      'x-holdfast-session': sessionStorage.getItem('holdfast.session') ?? '',
    };
    const answer = await fetch('/api/call', { method: 'POST', headers, body });
    return (await answer.json()) as { ok: boolean };
  }, JSON.stringify({ name, input }));

/** What no string may have made: an element that loads, runs or links elsewhere. */
const strange = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('img, iframe, object, embed, video, audio, base, form[action], a[href]')]
      .filter((one) => !(one.getAttribute('href') ?? '').startsWith('#'))
      .map((one) => one.outerHTML.slice(0, 120)),
  );

test('515 naughty strings are text on the pages for settings, versions, users, secrets, backups and the log', async ({
  door,
}) => {
  test.skip(!existsSync(corpus), 'the corpora are not beside this checkout (../shared/corpora)');
  const { page } = door;
  const strings = JSON.parse(readFileSync(corpus, 'utf8')) as string[];
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void dialog.dismiss();
  });
  await setUp(door);
  const marked = strings.find((text) => /<script>alert/iu.test(text)) ?? '';
  const said = strings.filter((text) => text.trim() !== '' && text.length <= 100 && /[<"'{$%]/u.test(text));
  const set = (value: string, key: string): object => ({ op: 'set', key, value });
  const changes = strings.map((value, n) => set(value, `naughty.n${String(n)}`));
  expect((await call(page, 'settings.apply', { changes, create: true, reason: marked })).ok).toBe(true);
  // As keys, too: those that are allowed as one.
  const keys = said.slice(0, 20);
  for (const text of keys)
    await call(page, 'settings.apply', { changes: [set('1', `naughty[${JSON.stringify(text)}]`)], create: true });
  for (const [n, text] of said.slice(0, 20).entries()) {
    await call(page, 'user.add', { name: `user${String(n)}`, displayName: text, role: 'viewer' });
    await call(page, 'versions.name', { name: text, note: text });
  }
  await call(page, 'settings.apply', {
    changes: strings.map((_, n) => ({ op: 'unset', key: `naughty.n${String(n)}` })).slice(0, 200),
  });

  const quiet = async (what: string): Promise<void> => {
    expect(await strange(page), what).toEqual([]);
    expect(asked, what).toEqual([]);
  };
  for (const name of [frame.overview, frame.settings, frame.users, frame.secrets, frame.records]) {
    await goTo(door, name);
    await quiet(name);
  }
  await goTo(door, frame.users);
  await expect(page.getByRole('table')).toContainText(said[0] ?? '');
  await quiet('users');
  await goTo(door, frame.audit);
  await page.getByRole('textbox', { name: audit.keyFilter }).fill('naughty.n400');
  const row = page.getByRole('row').filter({ hasText: marked });
  await row.getByRole('button').press('Enter');
  await expect(row.getByRole('list').first()).toBeVisible();
  await quiet('the log');
  await door.picture('naughty-log');
  await goTo(door, frame.versions);
  await expect(page.getByRole('list', { name: versions.table })).toBeVisible();
  await quiet('a moment');
  for (const tab of [versions.tabs.compare, versions.tabs.names, versions.tabs.removed]) {
    await page.getByRole('tab', { name: tab }).press('Enter');
    await expect(page.getByRole('main').getByRole('list').first()).toBeVisible();
    await quiet(tab);
  }
  await goTo(door, frame.backups);
  const first = page.getByRole('row').filter({ hasText: backups.kinds.store }).last();
  await first.getByRole('button', { name: /^Restore/u }).press('Enter');
  await expect(page.getByRole('dialog', { name: backups.restoreTitle })).toContainText('naughty');
  await quiet('restore');
  await door.picture('naughty-restore');
});
