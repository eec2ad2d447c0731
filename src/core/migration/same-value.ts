/**
 * Whether two values are the same, for a plan: by text, secrets by fingerprint, records without their expiry. Remembers
 * when a secret had to be compared while locked.
 */
import { Buffer } from 'node:buffer';
import { isJsonObject, jsonEqual, type JsonValue } from '../../contract/json.ts';
import type { Subject } from '../changes/write.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Mapped, Quarantined } from './plan-types.ts';
import type { Imported, StoredValue } from './present.ts';
import { isClear, openRaw } from './raw-text.ts';

export type Comparer = {
  /** The file's value is what the store has. */
  same: (item: Mapped, stored: StoredValue) => boolean;
  sameStored: (a: StoredValue, b: StoredValue) => boolean;
  /** The text at this place is what an earlier run kept of it. */
  sameRaw: (item: Mapped | Quarantined, before: Pick<Imported, 'ledgerId' | 'raw'>) => boolean;
  /** True once a secret had to be compared while locked; what was answered then must not be used. */
  needsKeys: () => boolean;
};

const samePrint = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a !== null && b !== null && Buffer.from(a).equals(Buffer.from(b));

const dataOf = (value: JsonValue): JsonValue | undefined => (isJsonObject(value) ? value['data'] : undefined);

/** When a record expires is counted from its import and says nothing about the file. */
const sameRecord = (value: JsonValue, text: string): boolean =>
  jsonEqual(dataOf(value), dataOf(JSON.parse(text) as JsonValue));

const sameText = (subject: Subject, value: JsonValue, text: string): boolean =>
  subject.kind === 'record' ? sameRecord(value, text) : text === JSON.stringify(value);

export const createComparer = (keyring: Keyring | null): Comparer => {
  let needsKeys = false;
  return {
    same: (item, stored) => {
      if (!stored.secret) return stored.value !== null && sameText(item.subject, item.value, stored.value);
      if (keyring !== null) return samePrint(stored.print, keyring.fingerprint(JSON.stringify(item.value)));
      needsKeys = true;
      return false;
    },
    sameStored: (a, b) =>
      a.version === b.version ||
      (a.secret === b.secret && (a.secret ? samePrint(a.print, b.print) : a.value === b.value)),
    sameRaw: (item, before) => {
      if (before.raw === null) return false;
      if (keyring === null && !isClear(before.raw)) {
        needsKeys = true;
        return false;
      }
      return openRaw(keyring, item, before) === item.raw;
    },
    needsKeys: () => needsKeys,
  };
};
