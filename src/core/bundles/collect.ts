/**
 * What goes into a bundle. What is secret, is declared so, or looks like one is not written in clear: it is left out, by
 * name, or goes into the part that a passphrase protects.
 */
import type { BundlePart } from '../../contract/bundles.ts';
import type { JsonValue } from '../../contract/json.ts';
import { isUnder } from '../../contract/setting-key.ts';
import { parseValue } from '../changes/view.ts';
import { entryFor } from '../definitions/catalog.ts';
import { secretReason } from '../definitions/secret-names.ts';
import type { Definition } from '../definitions/types.ts';
import { isSecretField } from '../integrations/check.ts';
import { fieldSchema, storedIntegrations, typeOf, type StoredIntegration } from '../integrations/stored.ts';
import { collectionFacts } from '../records/collections.ts';
import { secretPlaces } from '../records/document.ts';
import { recordPlace, storedRecord } from '../records/queries.ts';
import type { Keyring } from '../secrets/types.ts';
import { storedSettings, type StoredSetting } from '../settings/queries.ts';
import { isSecretSetting } from '../settings/views.ts';
import type { Reader } from '../store/types.ts';
import { liveState, type Held } from '../versions/state.ts';
import type { Bundle, Secrets } from './format.ts';

export type Collected = Required<Pick<Bundle, 'settings' | 'integrations' | 'records' | 'leftOut'>> & {
  secrets: Secrets;
  secretCount: number;
};

type From = {
  reader: Reader;
  definition: Definition | null;
  only: readonly string[] | null;
  parts: readonly BundlePart[];
  /** Null: secrets are left out. */
  keyring: Keyring | null;
};

const secretProblem = 'is a secret';
const lostProblem = 'is a secret whose key is gone';

const nothing = (): Collected => ({
  settings: {},
  integrations: [],
  records: {},
  leftOut: [],
  secrets: { settings: {}, fields: {} },
  secretCount: 0,
});

/** Null when it may stand in clear. */
const settingSecret = (definition: Definition | null, key: string, row: StoredSetting | undefined): string | null => {
  if (isSecretSetting(definition, key, row)) return secretProblem;
  if (definition !== null && entryFor(definition, key)?.['x-secret'] === false) return null;
  const looks = secretReason(key, parseValue(row?.value ?? null));
  return looks === null ? null : `may be a secret: ${looks}`;
};

const fieldSecret = (
  definition: Definition | null,
  one: StoredIntegration,
  field: string,
  row: StoredSetting,
): string | null => {
  const type = typeOf(definition, one.facts.type);
  if (isSecretField(type, row, field, undefined)) return secretProblem;
  if (fieldSchema(type, field)?.['x-secret'] === false) return null;
  const looks = secretReason(field, parseValue(row.value));
  return looks === null ? null : `may be a secret: ${looks}`;
};

/** Puts a value where it belongs; `secret` says why it is one. */
const place = (
  into: Collected,
  held: Held,
  secret: string | null,
  ways: { keyring: Keyring | null; clear: (value: JsonValue) => void; sealed: (value: JsonValue) => void },
): void => {
  const { kind, key } = held.subject;
  const leave = (problem: string): void => {
    into.leftOut.push({ kind, key, problem });
  };
  if (secret === null) ways.clear(parseValue(held.value));
  else if (ways.keyring === null) leave(secret);
  else {
    const text = held.open(ways.keyring);
    if (text === null) leave(lostProblem);
    else {
      ways.sealed(parseValue(text));
      into.secretCount += 1;
    }
  }
};

const addIntegration = (into: Collected, from: From, one: StoredIntegration, held: ReadonlyMap<string, Held>): void => {
  const fields: { [field: string]: JsonValue } = {};
  for (const [field, row] of one.fields) {
    const value = held.get(`field/${row.key}`);
    if (value === undefined) continue;
    place(into, value, fieldSecret(from.definition, one, field, row), {
      keyring: from.keyring,
      clear: (plain) => {
        fields[field] = plain;
      },
      sealed: (plain) => {
        (into.secrets.fields[one.id] ??= {})[field] = plain;
      },
    });
  }
  into.integrations.push({ id: one.id, ...one.facts, fields });
};

const addRecord = (into: Collected, definition: Definition | null, held: Held): void => {
  const at = recordPlace(held.subject.key);
  if (at === null) return;
  const { data, expiresAt } = storedRecord(held.value);
  const [inClear] = secretPlaces(collectionFacts(definition, at.collection).schema, data, undefined);
  if (inClear === undefined) (into.records[at.collection] ??= []).push({ id: at.id, data, expiresAt });
  else into.leftOut.push({ kind: 'record', key: held.subject.key, problem: `holds a secret in clear at ${inClear}` });
};

export const collectBundle = (from: From): Collected => {
  const { reader, definition, only, parts, keyring } = from;
  const has = (part: BundlePart): boolean => parts.includes(part);
  const into = nothing();
  const live = liveState(reader);
  const settings = storedSettings(reader);
  const covers = (key: string): boolean => only === null || only.some((prefix) => isUnder(key, prefix));
  for (const held of live.values()) {
    const { kind, key } = held.subject;
    if (!covers(key)) continue;
    if (kind === 'record' && has('records')) addRecord(into, definition, held);
    if (kind !== 'setting' || !has('settings')) continue;
    place(into, held, settingSecret(definition, key, settings.get(key)), {
      keyring,
      clear: (value) => {
        into.settings[key] = value;
      },
      sealed: (value) => {
        into.secrets.settings[key] = value;
      },
    });
  }
  if (!has('integrations')) return into;
  for (const one of storedIntegrations(reader, definition).values())
    if (covers(one.row.key) || [...one.fields.values()].some((row) => covers(row.key)))
      addIntegration(into, from, one, live);
  return into;
};
