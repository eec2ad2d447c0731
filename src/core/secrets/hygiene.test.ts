/** What is wrong with which secret: told without any value, while locked only what needs no key. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { steppingClock } from '../testing/clock.ts';
import { openTestApp, tempHome, type TempHome, type TestApp } from '../testing/test-app.ts';

let home: TempHome;
let app: TestApp;
let recoveryCode: string;
beforeEach(async () => {
  home = tempHome();
  app = await openTestApp(home);
  recoveryCode = (await app.get('migration.run', { protect: { recoveryCode: true } })).recoveryCode ?? '';
});
afterEach(async () => {
  await app.close();
  home.remove();
});

const values = {
  'env.GITHUB_TOKEN': 'the-same-long-token-1234',
  'env.CLAUDE_API_KEY': 'the-same-long-token-1234',
  'env.AWS_ACCESS_KEY_ID': 'changeme',
  'env.AWS_SECRET_ACCESS_KEY': 'hunter2',
};

describe('secret.hygiene', () => {
  it('names re-use, placeholders and weak ones, and no value', async () => {
    const changes = Object.entries(values).map(([key, value]) => ({ key, op: 'set' as const, value }));
    await app.get('settings.apply', { changes });
    const board = await app.get('secret.hygiene', {});
    expect(board.locked).toBe(false);
    const of = (key: string) => board.secrets.find((one) => one.key === key);
    expect(of('env.GITHUB_TOKEN')).toMatchObject({ kind: 'setting', findings: ['reused'] });
    expect(of('env.GITHUB_TOKEN')?.sameAs).toHaveLength(1);
    const [print, other] = [of('env.GITHUB_TOKEN')?.fingerprint, of('env.AWS_ACCESS_KEY_ID')?.fingerprint];
    expect(print).toMatch(/^[0-9a-f]{8}$/u);
    expect(of('env.CLAUDE_API_KEY')?.fingerprint).toBe(print);
    expect(other).not.toBe(print);
    expect(of('env.AWS_ACCESS_KEY_ID')?.findings).toEqual(['placeholder']);
    expect(of('env.AWS_SECRET_ACCESS_KEY')?.findings).toEqual(['weak']);
    for (const value of Object.values(values)) expect(JSON.stringify(board)).not.toContain(value);
    expect(board.secrets.some((one) => one.kind === 'field')).toBe(true);
  });

  it('while locked tells age and re-use, and says that it is locked', async () => {
    const changes = Object.entries(values).map(([key, value]) => ({ key, op: 'set' as const, value }));
    await app.get('settings.apply', { changes });
    await app.close();
    app = await openTestApp(home, 'cli', steppingClock('2027-06-01T09:00:00.000Z'));
    const board = await app.get('secret.hygiene', {});
    expect(board.locked).toBe(true);
    expect(board.secrets.every((one) => one.findings.includes('old'))).toBe(true);
    expect(board.secrets.find((one) => one.key === 'env.GITHUB_TOKEN')?.findings).toEqual(['reused', 'old']);
    expect(board.secrets.find((one) => one.key === 'env.AWS_ACCESS_KEY_ID')?.findings).toEqual(['old']);
    const young = await app.get('secret.hygiene', { olderThanDays: 3650 }, { recoveryCode });
    expect(young.secrets.some((one) => one.findings.includes('old'))).toBe(false);
    expect(young.locked).toBe(false);
  });
});

describe('secret.environment', () => {
  it('gives names and values, and one event that names the secrets', async () => {
    const given = await app.get('secret.environment', { secrets: true, command: 'app', reason: 'a start' });
    const of = (name: string) => given.variables.find((one) => one.name === name);
    expect(of('GITHUB_TOKEN')).toEqual({
      name: 'GITHUB_TOKEN',
      key: 'env.GITHUB_TOKEN',
      secret: true,
      value: 'ghp_fake0000000000000000000000000000',
    });
    expect(of('GENERAL_THEME')).toMatchObject({ key: 'general.theme', value: 'dark', secret: false });
    const [event] = (await app.get('audit.list', { action: 'run' })).changes;
    const keys = given.variables.filter((one) => one.secret).map((one) => one.key);
    expect(event).toMatchObject({ reason: 'a start', detail: { command: 'app', keys } });
  });

  it('leaves out what governs other programs, also from a hostile file', async () => {
    const set = (key: string, value: string) => ({ key, op: 'set' as const, value });
    await app.get('settings.apply', {
      changes: [
        set('env.LD_PRELOAD', '/tmp/evil.so'),
        set('env.PATH', '/tmp'),
        set('env.GENERAL_THEME', 'exact'),
        set('odd["a b"].x-1', 'y'),
      ],
      create: true,
    });
    const given = await app.get('secret.environment', { secrets: true });
    const names = given.variables.map((one) => one.name);
    expect(names).not.toContain('LD_PRELOAD');
    expect(names).not.toContain('PATH');
    expect(given.variables.find((one) => one.name === 'GENERAL_THEME')?.value).toBe('exact');
    expect(names).toContain('ODD_A_B_X_1');
    expect(given.leftOut.map((one) => one.key)).toEqual(
      expect.arrayContaining(['env.LD_PRELOAD', 'env.PATH', 'general.theme']),
    );
    const entries = (await app.get('audit.list', { action: 'run' })).changes.length;
    const plain = await app.get('secret.environment', { secrets: false });
    expect(plain.variables.some((one) => one.secret)).toBe(false);
    expect(plain.leftOut.map((one) => one.key)).toContain('env.GITHUB_TOKEN');
    // Without secrets nothing is written.
    expect((await app.get('audit.list', { action: 'run' })).changes).toHaveLength(entries);
  });

  it('needs the keys for secrets; a dry run names them without', async () => {
    await app.get('secret.lock', {});
    expect(await app.call('secret.environment', { secrets: true })).toMatchObject({
      ok: false,
      error: { type: 'SecretsLocked' },
    });
    const dry = await app.get('secret.environment', { secrets: true, dryRun: true });
    expect(dry.variables.find((one) => one.name === 'GITHUB_TOKEN')).toMatchObject({ secret: true, value: null });
    expect(dry.variables.every((one) => one.value === null)).toBe(true);
    // With a prefix that holds no secret, no key is needed.
    expect(
      (await app.get('secret.environment', { secrets: true, prefix: 'general' })).variables.length,
    ).toBeGreaterThan(0);
    expect(readFileSync(`${home.homeDir}/.env`, 'utf8')).toContain('ghp_fake');
  });
});
