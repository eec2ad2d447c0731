/** A change as people see it: old and new value, or for a secret only whether it is set and whether it stayed the same. */
import { Buffer } from 'node:buffer';
import type { JsonValue } from '../../contract/json.ts';
import type { ChangeView } from '../../contract/settings.ts';
import type { Keyring } from '../secrets/types.ts';
import type { Reader } from '../store/types.ts';
import * as sql from './queries.ts';
import { actionOf, type Put } from './write.ts';

/** Text that is no JSON was written outside Holdfast: it is shown as it is, until somebody settles it. */
export const parseValue = (text: string | null): JsonValue => {
  if (text === null) return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
};

/** What putting `put` now would change. */
export const changeView = (reader: Reader, put: Put, keyring: Keyring | null): ChangeView => {
  const subject = reader.first(sql.subjectId(put.subject.kind, put.subject.key))?.id;
  const old = subject === undefined ? null : (reader.first(sql.liveVersion(subject)) ?? null);
  const action = actionOf(old, put, keyring);
  const secret = put.secret || old?.secret === 1;
  if (secret) {
    return {
      key: put.subject.key,
      action,
      old: null,
      new: null,
      secret,
      set: put.value !== undefined,
      same: action === 'unchanged',
    };
  }
  return { key: put.subject.key, action, old: parseValue(old?.value ?? null), new: put.value ?? null, secret };
};

/** The two sides of a stored change, from its version rows. */
export const versionsView = (
  old: { value: string | null; secret: number | null; print: Uint8Array | null } | null,
  now: { value: string | null; secret: number | null; print: Uint8Array | null } | null,
): { old: JsonValue; new: JsonValue; secret: boolean; set?: boolean; same?: boolean } => {
  const secret = old?.secret === 1 || now?.secret === 1;
  if (!secret) return { old: parseValue(old?.value ?? null), new: parseValue(now?.value ?? null), secret };
  const same = old?.print != null && now?.print != null && Buffer.from(old.print).equals(Buffer.from(now.print));
  return { old: null, new: null, secret, set: now?.print != null, same };
};
