/** A plan kept in a file: run as it is, refused when an input changed, and never a place for values. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestApp, passphrase, tempHome, testActor, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const planPath = () => join(home.root, 'plan.json');
const handle = (use: 'read' | 'write', path = planPath()): string =>
  app.files.register(testActor().session, { path, name: 'plan.json', use });
const choices = { 'theme_config.json:theme': 'skip' } as const;

describe('a saved plan', () => {
  it('runs with its own definition and choices, and holds no value of a file', async () => {
    const planned = await app.get('migration.plan', { choices, save: handle('write') });
    const text = readFileSync(planPath(), 'utf8');
    const env = readFileSync(join(home.homeDir, '.env'), 'utf8');
    const values = [...env.matchAll(/^[A-Z_]+=(.{6,})$/gmu)].map(([, value]) => value ?? '');
    expect(values.length).toBeGreaterThan(3);
    for (const value of values) expect(text).not.toContain(value);
    const again = await app.get('migration.plan', { plan: handle('read') });
    expect(again.items).toEqual(planned.items);
    const run = await app.get('migration.run', { plan: handle('read'), protect: { passphrase } });
    expect(run.items.find((item) => item.file === 'theme_config.json')?.action).toBe('skip');
  });

  it('is refused with the name of the file that changed since', async () => {
    await app.get('migration.plan', { save: handle('write') });
    writeFileSync(join(home.homeDir, 'general_config.json'), '{"theme":"light"}');
    const run = await app.call('migration.run', { plan: handle('read'), protect: { passphrase } });
    expect(run).toMatchObject({ ok: false, error: { type: 'PlanOutdated', changed: ['general_config.json'] } });
    expect((await app.get('home.status', {})).state).toBe('NO_DATABASE');
  });

  it('cannot be mixed with other choices, nor be some other file', async () => {
    await app.get('migration.plan', { save: handle('write') });
    const mixed = await app.call('migration.run', { plan: handle('read'), choices });
    expect(mixed).toMatchObject({ ok: false, error: { type: 'InputInvalid', field: 'plan' } });
    for (const text of ['not json', '{}', '[]', '{"format":"holdfast plan 1"}']) {
      writeFileSync(planPath(), text);
      const other = await app.call('migration.run', { plan: handle('read') });
      expect(other).toMatchObject({ ok: false, error: { type: 'FileInvalid', file: 'plan.json' } });
    }
    const missing = await app.call('migration.run', { plan: handle('read', join(home.root, 'nothing.json')) });
    expect(missing).toMatchObject({ ok: false, error: { type: 'NotFound' } });
  });
});
