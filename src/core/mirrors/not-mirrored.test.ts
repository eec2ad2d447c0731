/** Every command that changes what a file once said tells which files do not have the change. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migratedHome, type MigratedHome } from '../testing/migrated-home.ts';

let ops: MigratedHome;
beforeAll(async () => {
  ops = await migratedHome('opsbrain');
});
afterAll(() => ops.end());

const collection = 'business_goals';

it('a reset names the file of the value', async () => {
  const key = 'app.enable_debug_logging';
  expect((await ops.app().get('settings.reset', { prefix: key })).notMirrored).toEqual(['.env']);
  expect((await ops.app().get('settings.reset', { prefix: key })).notMirrored).toEqual([]);
});

it('a record that is put, removed or past its time names the file of its collection', async () => {
  const data = { title: 'Another goal' };
  const dry = await ops.app().get('records.put', { collection, id: 'sales_1', data, patch: true, dryRun: true });
  expect(dry.notMirrored).toBeUndefined();
  const put = await ops.app().get('records.put', { collection, id: 'sales_1', data, patch: true });
  expect(put.notMirrored).toEqual(['business_goals.json']);
  const gone = await ops.app().get('records.delete', { collection, ids: ['sales_1'] });
  expect(gone.notMirrored).toEqual(['business_goals.json']);

  const expiresAt = '2020-01-01T00:00:00.000Z';
  await ops.app().get('records.put', { collection, id: 'process_1', data, patch: true, expiresAt });
  const expired = await ops.app().get('records.expire', {});
  expect([expired.removed.length, expired.notMirrored]).toEqual([1, ['business_goals.json']]);

  await ops.app().get('mirror.set', { file: 'business_goals.json', on: true });
  const mirrored = await ops.app().get('records.put', { collection, id: 'delivery_1', data, patch: true });
  expect(mirrored.notMirrored).toEqual([]);
});
