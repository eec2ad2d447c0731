/** A bundle as a version that others are compared with. */
import type { JsonValue } from '../../contract/json.ts';
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import type { Subject } from '../changes/write.ts';
import { recordKey } from '../records/queries.ts';
import type { Keyring } from '../secrets/types.ts';
import { idOf, type Held, type State } from '../versions/state.ts';
import type { Bundle, Secrets } from './format.ts';

export const heldOf = (subject: Subject, value: JsonValue, secret: boolean, keyring: Keyring | null): Held => {
  const text = JSON.stringify(value);
  return {
    subject,
    value: secret ? null : text,
    secret,
    print: secret ? (keyring?.fingerprint(text) ?? null) : null,
    source: 'set',
    version: null,
    open: () => text,
  };
};

/** A secret that the bundle names and does not hold. */
const closedHeld = (subject: Subject): Held => ({
  subject,
  value: null,
  secret: true,
  print: null,
  source: 'set',
  version: null,
  open: () => null,
  closed: 'the bundle does not hold it, or its passphrase was not given',
});

export const fieldKey = (id: string, field: string): string =>
  segmentsToKey([id, ...(keyToSegments(field) ?? [field])]);

export const bundleKinds: ReadonlySet<string> = new Set(['setting', 'integration', 'field', 'record']);

/** `print` compares secrets with those of the home whose keyring it is. */
export const stateOfBundle = (bundle: Bundle, secrets: Secrets | null, keyring: Keyring | null): State => {
  const state = new Map<string, Held>();
  const put = (held: Held): void => {
    state.set(idOf(held.subject), held);
  };
  for (const { kind, key } of bundle.leftOut ?? [])
    if (kind === 'setting' || kind === 'field') put(closedHeld({ kind, key }));
  for (const [key, value] of Object.entries(bundle.settings ?? {}))
    put(heldOf({ kind: 'setting', key }, value, false, null));
  for (const [key, value] of Object.entries(secrets?.settings ?? {}))
    put(heldOf({ kind: 'setting', key }, value, true, keyring));
  for (const { id, type, name, enabled, fields } of bundle.integrations ?? []) {
    put(heldOf({ kind: 'integration', key: id }, { type, name, enabled }, false, null));
    for (const [field, value] of Object.entries(fields))
      put(heldOf({ kind: 'field', key: fieldKey(id, field) }, value, false, null));
    for (const [field, value] of Object.entries(secrets?.fields[id] ?? {}))
      put(heldOf({ kind: 'field', key: fieldKey(id, field) }, value, true, keyring));
  }
  for (const [collection, list] of Object.entries(bundle.records ?? {}))
    for (const { id, data, expiresAt } of list)
      put(
        heldOf({ kind: 'record', key: recordKey(collection, id) }, { data, expiresAt: expiresAt ?? null }, false, null),
      );
  return state;
};
