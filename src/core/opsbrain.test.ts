/** What OpsBrain's migration guide promises, one test a capability (docs/capabilities.md names them by id). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../contract/json.ts';
import { steppingClock } from './testing/clock.ts';
import { migratedHome, type MigratedHome } from './testing/migrated-home.ts';
import { openTestApp, passphrase } from './testing/test-app.ts';

let ops: MigratedHome;
beforeAll(async () => {
  ops = await migratedHome('opsbrain');
});
afterAll(() => ops.end());

const goal = async (id: string) => ops.app().get('records.get', { collection: 'business_goals', id });

describe('migrating', () => {
  test('O27 O31 the home is recognised by itself, everything is taken over and verified', () => {
    expect([ops.run.definition, ops.run.verification?.ok, ops.run.totals.quarantine]).toEqual(['opsbrain', true, 0]);
  });
  test('O9 O29 O45 the environment becomes settings with their own names, in groups, keys and tokens secret', async () => {
    const { settings } = await ops.app().get('settings.list', {});
    const shown = settings.filter((one) => one.set === true).map((one) => [one.key, one.category, one.value]);
    expect(shown).toEqual([
      ['openai_api_key', 'openai', null],
      ['notion_api_key', 'notion', null],
      ['slack_bot_token', 'slack', null],
      ['slack_signing_secret', 'slack', null],
      ['trello_api_key', 'trello', null],
      ['trello_token', 'trello', null],
    ]);
    expect([await ops.reveal('openai_api_key'), await ops.valueOf('notion_main_db_id')]).toEqual([
      'sk-fake-opsbrain-1',
      '0f0e0d0c0b0a',
    ]);
    // What the original "backup" replaced by [PRESENT] is all there.
    expect(await ops.reveal('slack_signing_secret')).toBe('fakesigning');
  });
  test('O12 O18 O42 TEST_MODE becomes a switch and PORT a number', async () => {
    const shown = async (key: string) => {
      const { value, type, file } = await ops.app().get('settings.get', { key });
      return [value, type, file];
    };
    expect([await shown('app.enable_debug_logging'), await shown('port')]).toEqual([
      [true, 'boolean', '.env'],
      [8000, 'integer', '.env'],
    ]);
  });
  test('a word that OpsBrain does not read as true or false stays as it is, and the plan says so', async () => {
    const other = await migratedHome('opsbrain', (dir) => {
      const env = readFileSync(join(dir, '.env'), 'utf8').replace('TEST_MODE=true', 'TEST_MODE=1');
      writeFileSync(join(dir, '.env'), env);
    });
    const item = other.run.items.find((one) => one.path === 'TEST_MODE');
    expect([item?.preview, item?.reason]).toEqual([
      '1',
      'the application reads only "true" as true and "false" as false; kept as it is',
    ]);
    expect(await other.valueOf('app.enable_debug_logging')).toBe('1');
    expect(other.run.verification?.ok).toBe(true);
    await other.app().get('mirror.set', { file: '.env', on: true, yes: true }, { passphrase });
    const change = { key: 'app.enable_debug_logging', op: 'set' as const, value: true };
    await other.app().get('settings.apply', { changes: [change] });
    expect(readFileSync(join(other.home.homeDir, '.env'), 'utf8')).toContain('\nTEST_MODE=true\n');
    await other.end();
  });
  test('O30 the settings that the application seeds are there with their defaults', async () => {
    const { settings } = await ops.app().get('settings.list', {});
    const defaults = Object.fromEntries(settings.flatMap((one) => (one.hasDefault ? [[one.key, one.default]] : [])));
    expect(defaults).toMatchObject({
      app_name: 'OpsBrain AI Assistant',
      app_version: '1.0.0',
      max_thread_context_messages: 10,
      thread_context_cleanup_hours: 24,
      slack_timeout_seconds: 3,
      openai_model: 'gpt-4',
      openai_max_tokens: 1000,
      notion_timeout_seconds: 30,
      'app.enable_ceo_mode': true,
      'app.enable_debug_logging': false,
      'app.enable_performance_monitoring': true,
      'app.auto_cleanup_enabled': true,
      'app.max_concurrent_requests': 10,
      'app.max_thread_context_messages': 10,
      'app.thread_context_cleanup_hours': 24,
    });
  });
  test('O17 O28 O47 the goals become records, with area and progress, in their own spelling and with their dates', async () => {
    const { records } = await ops.app().get('records.list', { collection: 'business_goals' });
    expect(records.map((one) => one.id)).toEqual(['delivery_1', 'process_1', 'sales_1']);
    const file = JSON.parse(readFileSync(join(ops.home.homeDir, 'business_goals.json'), 'utf8')) as Record<
      string,
      JsonObject
    >;
    const { category, progress_percentage, ...rest } = file['sales_1'] ?? {};
    const stored = await goal('sales_1');
    expect(stored.data).toEqual({ ...rest, area: category, progress: progress_percentage });
    expect([stored.data, stored.problems]).toMatchObject([
      { area: 'SALES', progress: 35, created_date: '2025-12-01T09:00:00', last_updated: '2026-01-10T16:20:00' },
      [],
    ]);
    expect((await goal('delivery_1')).data).toMatchObject({ notes: 'Ünïcode ✓', success_metrics: { days: 9 } });
    expect((await goal('process_1')).data).toMatchObject({ target_date: '', success_metrics: {} });
  });
  test('the dashboard’s file is taken over, and the scheduler’s is missing', async () => {
    expect(await ops.valueOf('dashboard')).toMatchObject({
      weekly_hours: 12,
      max_weekly_hours: 20,
      auto_midweek_nudge: false,
      slack_channel: null,
    });
    expect(ops.run.sources.find((one) => one.file === 'scheduler_config.json')?.status).toBe('missing');
  });
  test('a goal that is not as the guide says is kept and pointed out, the others are taken', async () => {
    const other = await migratedHome('opsbrain', (dir) => {
      const goals = { a: { title: 'A', category: 'MARKETING', priority: 9 }, b: 'no goal', c: { title: 'C' } };
      writeFileSync(join(dir, 'business_goals.json'), JSON.stringify(goals));
    });
    const items = other.run.items.filter((item) => item.file === 'business_goals.json');
    expect(items.map((item) => [item.path, item.action])).toEqual([
      ['a', 'create'],
      ['b', 'quarantine'],
      ['c', 'create'],
    ]);
    expect(items[0]?.reason).toMatch(/kept as it is/u);
    await other.end();
  });
  test('a name of the .env file that OpsBrain does not know is kept under env', async () => {
    const other = await migratedHome('opsbrain', (dir) => {
      writeFileSync(join(dir, '.env'), 'NOTION_DB_ID=x\nMY_OWN=1\n');
    });
    expect((await other.app().get('settings.get', { key: 'env.MY_OWN' })).value).toBe('1');
    await other.end();
  });
});

describe('settings', () => {
  test('O34 a value by its name, the fallback where none is set', async () => {
    expect(await ops.app().get('settings.get', { key: 'openai_model' })).toMatchObject({
      value: 'gpt-4',
      source: 'default',
    });
    expect(await ops.app().call('settings.get', { key: 'no_such_key' })).toMatchObject({
      ok: false,
      error: { type: 'SettingUnknown' },
    });
  });
  test('O35 O36 setting one, and all of one group', async () => {
    await ops.app().get('settings.apply', { changes: [{ key: 'slack_timeout_seconds', op: 'set', value: 5 }] });
    const { settings } = await ops.app().get('settings.list', {});
    const slack = settings.filter((one) => one.category === 'slack').map((one) => [one.key, one.value]);
    expect(slack).toEqual([
      ['slack_bot_token', null],
      ['slack_signing_secret', null],
      ['slack_timeout_seconds', 5],
    ]);
  });
  test('O41 settings of every type: whole number, switch, text', async () => {
    const apply = (key: string, value: number | boolean | string) =>
      ops.app().call('settings.apply', { changes: [{ key, op: 'set', value }] });
    const results = [
      await apply('app.max_concurrent_requests', 20),
      await apply('app.enable_ceo_mode', false),
      await apply('openai_model', 'gpt-4o'),
      await apply('app.max_concurrent_requests', 'many'),
    ];
    expect(results.map((one) => (one.ok ? 'saved' : one.error.type))).toEqual([
      'saved',
      'saved',
      'saved',
      'SettingInvalid',
    ]);
    expect([await ops.valueOf('app.max_concurrent_requests'), await ops.valueOf('app.enable_ceo_mode')]).toEqual([
      20,
      false,
    ]);
  });
});

describe('goals and conversations', () => {
  test('O11 O39 a goal with everything that belongs to it', async () => {
    const data = {
      title: 'Hire',
      description: 'Two engineers',
      area: 'team',
      status: 'not_started',
      priority: 2,
      progress: 0,
      weekly_actions: ['Write the advertisement'],
      success_metrics: { hired: 2 },
    };
    await ops.app().get('records.put', { collection: 'business_goals', id: 'team_1', data });
    expect(await goal('team_1')).toMatchObject({ data, problems: [] });
    const wrong = { collection: 'business_goals', id: 'team_2', data: { ...data, progress: 140 } };
    expect((await ops.app().call('records.put', wrong)).ok).toBe(false);
  });
  test('O40 goals by status and by area', async () => {
    const ids = async (field: string, value: string) =>
      (await ops.app().get('records.list', { collection: 'business_goals', where: [{ field, value }] })).records.map(
        (one) => one.id,
      );
    expect([await ids('status', 'in_progress'), await ids('area', 'SALES')]).toEqual([
      ['delivery_1', 'sales_1'],
      ['sales_1'],
    ]);
  });
  test('O2 O10 O37 O38 O46 a conversation outlives a restart and ends by itself', async () => {
    const data = {
      thread_key: 'C1:17.2',
      channel_id: 'C1',
      thread_ts: '17.2',
      messages: [{ role: 'user', text: 'hi' }],
    };
    await ops.app().get('records.put', { collection: 'thread_contexts', id: 'C1:17.2', data });
    await ops.app().close();
    const soon = await openTestApp(ops.home, 'cli', steppingClock('2026-03-01T20:00:00.000Z'));
    const kept = await soon.get('records.get', { collection: 'thread_contexts', id: 'C1:17.2' });
    expect([kept.data, kept.expired]).toEqual([data, false]);
    await soon.close();
    const later = await ops.reopen();
    expect((await later.get('records.list', { collection: 'thread_contexts' })).records).toEqual([]);
  });
});
