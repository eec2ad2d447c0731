/** What users read from the store: profiles, their secret members, and their own values of settings. */
import { isJsonObject } from '../../contract/json.ts';
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import { roles, type Role } from '../../contract/users.ts';
import { parseValue } from '../changes/view.ts';
import { storedSetting, storedSettings, type StoredSetting } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';

export type UserValue = { displayName: string | null; email: string | null; role: Role; disabled: boolean };
export type Profile = UserValue & { name: string; changedAt: string };

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What cannot be understood gives no right: a role that is none of ours is a viewer's. */
const profileOf = (row: StoredSetting): Profile => {
  const value = parseValue(row.value);
  const user = isJsonObject(value) ? value : {};
  const role = roles.find((one) => one === user['role']) ?? 'viewer';
  const disabled = user['disabled'] === true;
  const { displayName, email } = user;
  return { name: row.key, displayName: textOf(displayName), email: textOf(email), role, disabled, changedAt: row.at };
};

export const readProfile = (reader: Reader, name: string): Profile | null => {
  const row = storedSetting(reader, name, 'user');
  return row === undefined ? null : profileOf(row);
};

export const readProfiles = (reader: Reader): Profile[] => [...storedSettings(reader, 'user').values()].map(profileOf);

/** A key that begins with a user's name, as the user and the rest; null when it is none. */
const splitKey = (key: string): { user: string; rest: string } | null => {
  const [user, ...rest] = keyToSegments(key) ?? [];
  return user === undefined || rest.length === 0 ? null : { user: String(user), rest: segmentsToKey(rest) };
};

const byUser = <T>(
  rows: ReadonlyMap<string, StoredSetting>,
  make: (rest: string, row: StoredSetting) => T,
): Map<string, T[]> => {
  const found = new Map<string, T[]>();
  for (const [key, row] of rows) {
    const split = splitKey(key);
    if (split !== null) found.set(split.user, [...(found.get(split.user) ?? []), make(split.rest, row)]);
  }
  return found;
};

/** Names of the secret members that each user has. */
export const secretFields = (reader: Reader): Map<string, string[]> =>
  byUser(storedSettings(reader, 'user-field'), (rest) => String(keyToSegments(rest)?.[0] ?? rest));

export const overrideCounts = (reader: Reader): Map<string, number> =>
  new Map([...byUser(storedSettings(reader, 'override'), () => null)].map(([user, rows]) => [user, rows.length]));

export const overrideKey = (user: string, key: string): string =>
  segmentsToKey([user, ...(keyToSegments(key) ?? [key])]);

const attachedKinds = ['override', 'user-field'] as const;
/** What belongs to a profile beside itself, and goes with it. */
export type Attached = { kind: (typeof attachedKinds)[number]; key: string; secret: boolean };

export const attachedTo = (reader: Reader, user: string): Attached[] =>
  attachedKinds.flatMap((kind) =>
    [...storedSettings(reader, kind, segmentsToKey([user]))].flatMap(([key, { secret }]) =>
      splitKey(key)?.user === user ? [{ kind, key, secret }] : [],
    ),
  );

/** Every user's own values, by user and setting key. */
export const allOverrides = (reader: Reader): Map<string, Map<string, StoredSetting>> =>
  new Map(
    [...byUser(storedSettings(reader, 'override'), (rest, row) => [rest, { ...row, key: rest }] as const)].map(
      ([user, rows]) => [user, new Map(rows)],
    ),
  );

/** One user's own values by setting key. */
export const overridesOf = (reader: Reader, user: string): Map<string, StoredSetting> => {
  const own = segmentsToKey([user]);
  const rows = storedSettings(reader, 'override', own);
  return new Map(
    [...rows].flatMap(([key, row]) => {
      const split = splitKey(key);
      return split?.user === user ? [[split.rest, { ...row, key: split.rest }] as const] : [];
    }),
  );
};
