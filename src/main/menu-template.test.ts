import { expect, test } from 'vitest';
import { menuItems } from '../contract/menu.ts';
import { menuTemplate } from './menu-template.ts';

type Item = { id?: string; label?: string; role?: string; checked?: boolean; click?: () => void; submenu?: Item[] };
const template = (mac: boolean, used: string[] = []): Item[] =>
  menuTemplate({ mac, theme: 'dark', use: (id) => used.push(id) }) as unknown as Item[];
const flat = (items: Item[]): Item[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);

test('every item of the table stands in its menu and says its own id', () => {
  const used: string[] = [];
  const items = template(false, used);
  const places = items.flatMap((menu) =>
    (menu.submenu ?? []).filter((item) => item.id !== undefined).map((item) => [menu.label, item.id, item.label]),
  );
  expect(places).toEqual(menuItems.map((item) => [item.menu, item.id, item.label]));
  for (const item of flat(items)) item.click?.();
  expect(used).toEqual(menuItems.map((item) => item.id));
});

test('the theme in use is marked, and it alone', () => {
  expect(
    flat(template(false))
      .filter((item) => item.checked === true)
      .map((item) => item.id),
  ).toEqual(['view.theme-dark']);
});

test('menus per platform; a release has no Reload and no DevTools', () => {
  const tops = (mac: boolean): (string | undefined)[] => template(mac).map((item) => item.role ?? item.label);
  expect([tops(false), tops(true)]).toEqual([
    ['File', 'Edit', 'View', 'help'],
    ['appMenu', 'File', 'Edit', 'View', 'windowMenu', 'help'],
  ]);
  const roles = [...flat(template(false)), ...flat(template(true))].map((item) => item.role ?? '');
  expect(roles.filter((role) => /reload|devtools/iu.test(role))).toEqual([]);
});
