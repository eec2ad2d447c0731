/** docs/definitions.md works as written: its example is built from the page's own blocks and planned on the home it names. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestApp } from '../testing/test-app.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/definitions.md'), 'utf8');
const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/gu)].map((match) => ({
  language: match[1],
  text: match[2] ?? '',
}));
const json = blocks.filter((block) => block.language === 'json').map((block) => block.text);
/** The blocks after the first definition are members to add to it. */
const whole = (): string => {
  const [, first = '', ...members] = json;
  return `${first.trimEnd().replace(/\}$/u, '').trimEnd()},\n${members.join(',\n')}\n}`;
};

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-tutorial-'));
  mkdirSync(join(root, 'home'));
  writeFileSync(join(root, 'home/station.json'), (json[0] ?? '').replace(/^\/\/.*\n/u, ''));
  writeFileSync(join(root, 'home/.env'), blocks.find((block) => block.language === 'sh')?.text ?? '');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const planWith = async (dir: string, file: string, text: string) => {
  mkdirSync(join(root, dir), { recursive: true });
  writeFileSync(join(root, dir, file), text);
  const app = await openTestApp({ homeDir: join(root, 'home'), configDir: join(root, 'config') });
  const plan = await app.call('migration.plan', dir === 'home/.holdfast' ? {} : { definition: 'weatherbox' });
  await app.close();
  return plan;
};

it('the first definition gives the settings that the page names', async () => {
  const plan = await planWith('config/definitions', 'weatherbox.json', json[1] ?? '');
  expect(plan.ok && plan.data.items.map((item) => [item.target?.key, item.secret])).toEqual([
    ['weather.station.name', false],
    ['weather.station.intervalMinutes', false],
    ['weather.units', false],
    ['env.WEATHER_API_KEY', true],
    ['env.LOG_LEVEL', false],
  ]);
});

it('the whole one is recognised by itself in the home, whose state is not changed by it', async () => {
  const plan = await planWith('home/.holdfast', 'definition.json', whole());
  expect(plan.ok && [plan.data.definition, plan.data.totals.create]).toEqual(['weatherbox', 5]);
  const app = await openTestApp({ homeDir: join(root, 'home'), configDir: join(root, 'config') });
  expect((await app.get('home.status', {})).state).toBe('NO_DATABASE');
  const run = await app.get('migration.run', { protect: { recoveryCode: true } });
  expect([run.verification?.ok, (await app.get('home.status', {})).state]).toEqual([true, 'CONFIGURED']);
  await app.close();
});

it('a mistake is answered as the page says', async () => {
  const plan = await planWith(
    'home/.holdfast',
    'definition.json',
    whole().replace('"default": "metric"', '"default": "metrisch"'),
  );
  expect(plan.ok ? null : plan.error).toMatchObject({
    type: 'FileInvalid',
    problem: 'catalog/weather.units/default must be one of metric, imperial',
  });
});

it('the second example gives what the page says of it', async () => {
  const text = blocks.find((block) => block.language === 'jsonc')?.text ?? '';
  for (const name of ['station.json', '.env']) rmSync(join(root, 'home', name));
  const files: Record<string, string> = {
    '.env': 'LAB_PORT=9000\nLAB_ADMINS=a@example.test,b@example.test\n',
    'settings.json': '{"admins": ["c@example.test"], "proxy": {"use": false}}',
    'samples.json': '{"s-1": {"kind": "sand", "grams": 12}}',
    'devices/scale-1.json': '{"label": "Scale 1", "driver": "scale", "login": {"password": "pw-fake"}}',
    'people.json': '{"ann": {"name": "Ann", "password_hash": "x-fake"}}',
    'people/ann.json': '{"port": 9001}',
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, 'home', name, '..'), { recursive: true });
    writeFileSync(join(root, 'home', name), content);
  }
  mkdirSync(join(root, 'home/.holdfast'));
  writeFileSync(join(root, 'home/.holdfast/definition.json'), text);
  const app = await openTestApp({ homeDir: join(root, 'home'), configDir: join(root, 'config') });
  const plan = await app.get('migration.plan', { definition: 'fieldlab' });
  const shown = plan.items.map(({ target, action, secret, preview }) => [
    `${target?.kind ?? ''} ${target?.key ?? ''}`,
    action,
    secret ? 'secret' : target?.kind === 'setting' ? preview : null,
  ]);
  expect(shown).toEqual(
    expect.arrayContaining([
      ['setting port', 'create', 9000],
      ['setting admins', 'create', ['a@example.test', 'b@example.test']],
      ['setting admins', 'skip', ['c@example.test']],
      ['record samples.s-1', 'create', null],
      ['integration scale-1', 'create', null],
      ['integration scale-1.login.password', 'create', 'secret'],
      ['user ann', 'create', null],
      ['user ann.password_hash', 'create', 'secret'],
      ['override ann.port', 'create', null],
    ]),
  );
  const run = await app.get('migration.run', { definition: 'fieldlab', protect: { recoveryCode: true } });
  expect(run.verification?.ok).toBe(true);
  expect((await app.get('records.get', { collection: 'samples', id: 's-1' })).data).toEqual({
    material: 'sand',
    grams: 12,
  });
  await app.close();
});
