import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompiledQuery } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ok } from '../../contract/result.ts';
import { createChangeWriter } from '../changes/write.ts';
import { createKeys } from '../secrets/keyring.ts';
import type { Keyring } from '../secrets/types.ts';
import { realFs } from '../store/fs.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/types.ts';
import { steppingClock } from '../testing/clock.ts';
import { verifyChain } from './verify.ts';

let dir: string;
let store: Store;
let keyring: Keyring;

const clock = steppingClock();

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-chain-'));
  const opened = await openStore({ dir, mode: 'owner', create: true, fs: realFs, flush: 'sync', ...clock });
  if (!opened.ok) throw new Error(opened.error.type);
  store = opened.data;
  ({ keyring } = await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId }));
  for (let i = 0; i < 6; i += 1) await write(i, i % 3 === 2 ? null : keyring);
});

afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

/** Odd change sets write a secret too, when there are keys to write it with. */
const write = (i: number, keys: Keyring | null) =>
  store.transact((tx) => {
    const writer = createChangeWriter(tx, {
      actor: 'maria',
      door: 'cli',
      at: clock.now(),
      uid: clock.newId(),
      kind: 'edit',
      keyring: keys,
      reason: `step ${String(i)}`,
    });
    writer.put({ subject: { kind: 'setting', key: 'general.step' }, value: i, secret: false, source: 'set' });
    if (keys !== null && i % 2 === 1)
      writer.put({
        subject: { kind: 'setting', key: 'env.TOKEN' },
        value: `token-${String(i)}`,
        secret: true,
        source: 'set',
      });
    writer.finish();
    return ok(null);
  });

const announce = (auditKey: string | null, keys: Keyring | null) =>
  store.transact((tx) => {
    const about = { actor: 'maria', door: 'cli', at: clock.now(), uid: clock.newId(), kind: 'event' as const };
    const writer = createChangeWriter(tx, { ...about, keyring: keys });
    writer.event('keys', '', 'new-keys', { auditKey });
    writer.finish();
    return ok(null);
  });

const verify = (keys: Keyring | null = keyring) => store.read((reader) => verifyChain(reader, keys));
const tamper = (sql: string) =>
  store.transact((tx) => {
    tx.run(CompiledQuery.raw(sql));
    return ok(null);
  });

describe('the audit chain', () => {
  test('verifies, and says how far it is sealed', async () => {
    const entries =
      (
        await store.read((reader) =>
          reader.first(CompiledQuery.raw('SELECT max(id) AS n FROM audit') as CompiledQuery<{ n: number }>),
        )
      )?.n ?? 0;
    // The last change set was written while locked: one entry after the last seal.
    expect(await verify()).toMatchObject({
      ok: true,
      entries,
      sealedUpTo: entries - 1,
      unsealed: 1,
      sealsChecked: true,
      firstBad: null,
    });
    expect(await verify(null)).toMatchObject({ ok: true, entries, sealsChecked: false });
  });

  test.each([
    ['an edited value', `UPDATE version SET value = '77' WHERE id = 2`],
    [
      'a swapped fingerprint',
      `UPDATE version SET print = x'00112233445566778899aabbccddeeff' WHERE secret = 1 AND id = (SELECT min(id) FROM version WHERE secret = 1)`,
    ],
    ['an edited reason', `UPDATE change_set SET reason = 'nothing to see' WHERE id = 2`],
    ['another actor', `UPDATE change_set SET actor = (SELECT id FROM term WHERE text = 'edit') WHERE id = 3`],
    ['another time', `UPDATE change_set SET at = '2020-01-01T00:00:00.000Z' WHERE id = 1`],
    ['a removed entry', `DELETE FROM audit WHERE id = 3`],
    ['an entry pointing elsewhere', `UPDATE audit SET new_version = 1 WHERE id = 3`],
    ['an edited hash', `UPDATE audit SET hash = zeroblob(32) WHERE id = 4`],
  ])('shows %s', async (_, sql) => {
    expect((await tamper(sql)).ok).toBe(true);
    const verified = await verify();
    expect(verified.ok).toBe(false);
    expect(verified.firstBad).not.toBeNull();
  });

  test('a chain recomputed by somebody without the audit key fails at the first seal', async () => {
    const other = (await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId })).keyring;
    expect((await verify(other)).firstBad).toMatchObject({ problem: 'the seal was not made with this home’s key' });
  });

  test('seals of keys that were lost are told apart from tampering, once new keys were announced', async () => {
    const other = (await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId })).keyring;
    // A change by the new keys alone does not account for the seals before it.
    await write(7, other);
    expect((await verify(other)).ok).toBe(false);
    await announce(other.auditKeyId(), null);
    // The entry alone could be anybody's.
    expect((await verify(other)).ok).toBe(false);
  });

  test('new keys that announce themselves take over', async () => {
    const other = (await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId })).keyring;
    await announce(other.auditKeyId(), null);
    expect((await verify(other)).ok).toBe(false);
    await write(7, other);
    const verified = await verify(other);
    expect(verified).toMatchObject({ ok: true, sealsOfLostKeys: 4, firstBad: null, unsealed: 0 });
    // What the lost keys seal afterwards is not believed.
    await write(8, keyring);
    expect((await verify(other)).ok).toBe(false);
  });

  test('an edited mac stays tampering whatever follows', async () => {
    const other = (await createKeys({ recoveryCode: true, now: clock.now(), storeId: store.info().storeId })).keyring;
    await announce(other.auditKeyId(), other);
    await write(9, other);
    expect((await verify(other)).ok).toBe(true);
    expect((await verify(keyring)).ok).toBe(false);
  });

  test('shows that an entry lost its old value', async () => {
    await tamper(
      `UPDATE audit SET old_version = NULL WHERE id = (SELECT max(id) FROM audit WHERE old_version IS NOT NULL)`,
    );
    expect((await verify()).ok).toBe(false);
  });
});
