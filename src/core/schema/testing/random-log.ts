/**
 * For tests only: a log of random saves written the way the app writes them, and the plain model of what is in it. The
 * clock goes back now and then, people and doors differ, values become secret and plain again.
 */
import { createChangeWriter } from '../../changes/write.ts';
import type { Keyring } from '../../secrets/types.ts';
import type { Tx } from '../../store/types.ts';

export type ModelEntry = {
  id: number;
  at: string;
  actor: string;
  source: string;
  action: string;
  type: string;
  key: string;
  changeSet: number;
};

export type Model = {
  entries: ModelEntry[];
  /** Live plain values and `secret` for a secret, by key, after each change set. */
  states: { at: string; settings: Record<string, string> }[];
};

/** Only what writing needs: its ciphertext is no secret's. */
const testKeyring = {
  encrypt: (_place: unknown, text: string) => new TextEncoder().encode(`sealed ${text}`),
  fingerprint: (text: string) => new TextEncoder().encode(`print ${text}`),
  seal: () => new Uint8Array(32),
  auditKeyId: () => 'test',
} as unknown as Keyring;

const actors = ['alice', 'bob', 'carol'];
const doors = ['cli', 'window', 'restore'];
const keys = ['a', 'a.b', 'a.c', 'a%.d', 'ab', 'z.long.key', 'z.other'];

/** `random` gives whole numbers below its argument. */
export const writeRandomLog = (tx: Tx, changeSets: number, random: (below: number) => number): Model => {
  const model: Model = { entries: [], states: [] };
  const live: Record<string, string> = {};
  let time = Date.parse('2026-03-01T09:00:00.000Z');
  for (let set = 1; set <= changeSets; set += 1) {
    time += random(10) === 0 ? -random(3_600_000) : random(2_000_000);
    const at = new Date(time).toISOString();
    const actor = actors[random(40) === 0 ? 2 : random(2)] ?? '';
    const door = doors[random(3)] ?? '';
    const kind = 'edit';
    const changes = createChangeWriter(tx, { kind, actor, door, at, uid: `set-${String(set)}`, keyring: testKeyring });
    const entry = (id: number, action: string, type: string, key: string): void =>
      void model.entries.push({ id, at, actor, source: door, action, type, key, changeSet: set });
    // Each writes something, so that change sets and states go side by side.
    entry(changes.event('store', '', 'look'), 'look', 'store', '');
    for (let n = random(4); n > 0; n -= 1) {
      const key = keys[random(keys.length)] ?? '';
      const secret = random(4) === 0;
      const value = random(4) === 0 ? undefined : `v${String(random(3))}`;
      const done = changes.put({ subject: { kind: 'setting', key }, value, secret, source: 'set' });
      if (done.auditId === null) continue;
      entry(done.auditId, done.action, 'setting', key);
      if (value === undefined) Reflect.deleteProperty(live, key);
      else live[key] = secret ? 'secret' : JSON.stringify(value);
    }
    const last = changes.count();
    changes.finish();
    const seal = (model.entries.at(-1)?.id ?? 0) + 1;
    if (changes.count() > last) entry(seal, 'seal', 'seal', '');
    model.states.push({ at, settings: { ...live } });
  }
  return model;
};
