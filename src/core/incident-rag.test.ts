/** What Incident RAG's migration guide promises, one test a capability (docs/capabilities.md names them by id). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migratedHome, type MigratedHome } from './testing/migrated-home.ts';
import { tempHome, openTestApp } from './testing/test-app.ts';

let rag: MigratedHome;
beforeAll(async () => {
  rag = await migratedHome('incident-rag');
});
afterAll(() => rag.end());

const planned = (path: string, file: string) => rag.run.items.find((item) => item.path === path && item.file === file);

describe('legacy files', () => {
  test('the home is recognised by itself, and the files stay as they are', () => {
    expect([rag.run.definition, rag.run.verification?.ok]).toEqual(['incident-rag', true]);
    expect(readFileSync(join(rag.home.homeDir, 'data/settings.json'), 'utf8')).toContain('"MAX_HYPOTHESES": 5');
  });
  test('R1 R17 data/settings.json becomes the system-wide settings', async () => {
    expect([await rag.valueOf('PRIMARY_LLM'), await rag.valueOf('REQUEST_TIMEOUT')]).toEqual(['claude-sonnet', 45]);
    expect(await rag.app().get('settings.get', { key: 'MIN_EVIDENCE_SOURCES' })).toMatchObject({
      value: 3,
      default: 2,
      source: 'file',
      file: 'data/settings.json',
    });
  });
  test('R11 CONFIDENCE_THRESHOLD is 0.85, and the 0.6 of .env is listed as overruled', async () => {
    expect(await rag.valueOf('CONFIDENCE_THRESHOLD')).toBe(0.85);
    expect(planned('CONFIDENCE_THRESHOLD', '.env')).toMatchObject({
      action: 'skip',
      reason: 'data/settings.json overrules it',
    });
    const { entries } = await rag.app().get('migration.ledger', { file: '.env' });
    expect(entries.find((entry) => entry.path === 'CONFIDENCE_THRESHOLD')).toMatchObject({ action: 'skip' });
  });
  test('default < .env < data/settings.json: each layer shows where nothing stronger stands', async () => {
    const shown = async (key: string) => {
      const { value, source, file } = await rag.app().get('settings.get', { key });
      return [value, source, file];
    };
    expect([await shown('MAX_HYPOTHESES'), await shown('BATCH_SIZE'), await shown('LOG_FILE')]).toEqual([
      [5, 'file', 'data/settings.json'],
      [64, 'file', '.env'],
      ['logs/incident_rag.log', 'default', undefined],
    ]);
    expect(await rag.valueOf('LOG_LEVEL')).toBe('DEBUG');
  });
  test('EMBEDDING_MODEL and BATCH_SIZE are read from .env once more, which beats the settings file', async () => {
    const other = tempHome('incident-rag');
    writeFileSync(join(other.homeDir, '.env'), 'EMBEDDING_MODEL=other-model\nBATCH_SIZE=64\nREQUEST_TIMEOUT=1\n');
    const settings = JSON.stringify({ EMBEDDING_MODEL: 'all-MiniLM-L6-v2', BATCH_SIZE: 8, REQUEST_TIMEOUT: 45 });
    writeFileSync(join(other.homeDir, 'data/settings.json'), settings);
    const app = await openTestApp(other);
    const plan = await app.get('migration.plan', { definition: 'incident-rag' });
    expect(plan.items.map((item) => [item.file, item.path, item.action])).toEqual([
      ['data/settings.json', 'EMBEDDING_MODEL', 'skip'],
      ['data/settings.json', 'BATCH_SIZE', 'skip'],
      ['data/settings.json', 'REQUEST_TIMEOUT', 'create'],
      ['.env', 'EMBEDDING_MODEL', 'create'],
      ['.env', 'BATCH_SIZE', 'create'],
      ['.env', 'REQUEST_TIMEOUT', 'skip'],
    ]);
    await app.close();
    other.remove();
  });
  test('a key that the application does not know is kept', async () => {
    expect(await rag.valueOf('CUSTOM_TEAM_NOTE')).toBe('kept by hand, not in the schema');
  });
  test('secrets are encrypted and told only on request', async () => {
    const { settings } = await rag.app().get('settings.list', {});
    expect(settings.filter((one) => one.secret && one.set).map((one) => [one.key, one.value])).toEqual([
      ['ANTHROPIC_API_KEY', null],
      ['OPENAI_API_KEY', null],
      ['GRAFANA_API_KEY', null],
      ['DATABASE_URL', null],
    ]);
    expect(await rag.reveal('GRAFANA_API_KEY')).toBe('glsa_fake_5511');
  });
});

describe('values', () => {
  test('R10 each has its type: text, whole number, number, yes or no, path', async () => {
    const { settings } = await rag.app().get('settings.list', {});
    const kind = (key: string) => settings.find((one) => one.key === key)?.kind;
    expect(['PRIMARY_LLM', 'BATCH_SIZE', 'CONFIDENCE_THRESHOLD', 'DEBUG_MODE', 'VECTOR_DB_PATH'].map(kind)).toEqual([
      'string',
      'integer',
      'number',
      'boolean',
      'path',
    ]);
    const refused = await rag.app().call('settings.apply', {
      changes: [{ key: 'CONFIDENCE_THRESHOLD', op: 'set', value: 1.5 }],
    });
    expect(refused).toMatchObject({ ok: false, error: { type: 'SettingInvalid', problem: 'must be at most 1' } });
  });
  test('R23 a change is kept, typed, over a restart, and its groups are those of the application', async () => {
    await rag.app().get('settings.apply', { changes: [{ key: 'MAX_CONCURRENT_AGENTS', op: 'set', value: 6 }] });
    const app = await rag.reopen();
    expect(await app.get('settings.get', { key: 'MAX_CONCURRENT_AGENTS' })).toMatchObject({
      value: 6,
      type: 'integer',
    });
    const { categories } = await app.get('settings.list', {});
    expect(categories.map((one) => one.id).slice(0, 7)).toEqual([
      'api_keys',
      'models',
      'thresholds',
      'observability',
      'performance',
      'logging',
      'paths',
    ]);
  });
});

describe('analyses', () => {
  const analysis = {
    analysis_id: 'analysis_1234567890',
    user_id: null,
    request: { question: 'why is checkout slow' },
    response: { answer: 'a full disk' },
    status: 'completed',
    confidence: 0.91,
    root_cause: 'disk full on db-2',
    processing_time_ms: 5120,
  };
  test('R2 R5 R12 R39 R42 an analysis is kept with all its parts, also after a restart', async () => {
    const put = { collection: 'analyses', id: 'analysis_1234567890', data: analysis };
    await rag.app().get('records.put', put);
    const app = await rag.reopen();
    const stored = await app.get('records.get', { collection: 'analyses', id: 'analysis_1234567890' });
    expect([stored.data, stored.problems]).toEqual([analysis, []]);
    expect(stored.createdAt).toMatch(/^2026-03-/u);
  });
  test('R26 they are listed by user, the newest first, so many as asked', async () => {
    for (const n of [1, 2, 3])
      await rag.app().get('records.put', {
        collection: 'analyses',
        id: `of-ann-${String(n)}`,
        data: { ...analysis, user_id: 'ann', confidence: n / 10 },
      });
    const { records } = await rag.app().get('records.list', {
      collection: 'analyses',
      where: [{ field: 'user_id', value: 'ann' }],
      sort: 'newest',
      limit: 2,
    });
    expect(records.map((one) => one.id)).toEqual(['of-ann-3', 'of-ann-2']);
  });
  test('R27 the status counts them', async () => {
    expect((await rag.app().get('home.status', {})).counts.records).toBe(4);
  });
});
