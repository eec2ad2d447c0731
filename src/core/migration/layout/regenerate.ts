/**
 * Layouts in the store: written with a run, and turned back into files with the values that the public queries give. What
 * is encrypted needs keys; without them a file that holds any of it is `locked`, never half written.
 */
import { Buffer } from 'node:buffer';
import type { JsonValue } from '../../../contract/json.ts';
import { cipherPlace, type ChangeWriter, type SubjectKind } from '../../changes/write.ts';
import type { CipherPlace, Keyring } from '../../secrets/types.ts';
import { storedSettings, type StoredSetting } from '../../settings/queries.ts';
import { atOnce, type Steps } from '../../slices.ts';
import type { Reader } from '../../store/types.ts';
import type { LiveRows } from '../live-rows.ts';
import type { Plan } from '../plan-types.ts';
import { openRaw } from '../raw-text.ts';
import { makeLayout, type Placing } from './make.ts';
import { insertLayout, keptRow, layoutRows, ledgerIds, type LayoutRow } from './queries.ts';
import { renderSteps, type Found, type Rendered, type Values } from './render.ts';
import type { HiddenText, Layout } from './tokens.ts';

const hiddenPlace = (file: string, layoutId: number): CipherPlace => ({
  row: `layout/${file}`,
  field: 'hidden',
  version: layoutId,
});

/** To be called in the run's transaction once its ledger is written. Gives the places that are kept by their text. */
export function* layoutSteps(changes: ChangeWriter, keyring: Keyring, plan: Plan, run: number): Steps<string[]> {
  const ids = ledgerIds(changes.tx, run);
  const placings = new Map<string, Placing[]>();
  plan.items.forEach((item, i) => {
    const ledgerId = ids[i];
    if (ledgerId === undefined) throw new Error('the ledger has fewer rows than the plan has items');
    const known = placings.get(item.file);
    if (known === undefined) placings.set(item.file, [{ item, ledgerId }]);
    else known.push({ item, ledgerId });
  });
  const inexact: string[] = [];
  for (const source of plan.sources) {
    const made = makeLayout(source, placings.get(source.file) ?? []);
    if (made === null) continue;
    for (const path of made.inexact) inexact.push(`${source.file}:${path}`);
    const id = changes.nextId('layout');
    const hidden =
      made.hidden.length === 0
        ? {}
        : {
            hidden: Buffer.from(keyring.encrypt(hiddenPlace(source.file, id), JSON.stringify(made.hidden))).toString(
              'base64',
            ),
          };
    const layout: Layout = { ...made.layout, ...hidden };
    changes.tx.run(insertLayout(id, run, changes.term(source.file), JSON.stringify(layout)));
    yield;
  }
  return inexact;
}

export type Regenerated = Rendered & { file: string; layout: Layout };

type Stored = { version: number; value: string | null; secret: boolean | number; cipher: Uint8Array | null };

const lookupIn =
  (stored: (kind: SubjectKind, key: string) => Stored | undefined, keyring: Keyring | null): Values['of'] =>
  (kind, key): Found => {
    const row = stored(kind, key);
    if (row === undefined) return { found: 'nothing' };
    const secret = row.secret === true || row.secret === 1;
    const text = secret
      ? row.cipher === null
        ? null
        : (keyring?.decrypt(cipherPlace({ kind, key }, row.version), row.cipher) ?? null)
      : row.value;
    // The store's own texts: JSON.parse gives a JsonValue.
    return text === null ? { found: 'locked' } : { found: 'value', value: JSON.parse(text) as JsonValue };
  };

/** The values by kind, each kind read once. */
const createLookup = (reader: Reader, keyring: Keyring | null): Values['of'] => {
  const kinds = new Map<SubjectKind, Map<string, StoredSetting>>();
  return lookupIn((kind, key) => {
    const known = kinds.get(kind) ?? storedSettings(reader, kind);
    kinds.set(kind, known);
    return known.get(key);
  }, keyring);
};

const hiddenTexts = (row: LayoutRow, layout: Layout, keyring: Keyring | null): HiddenText[] | null => {
  if (layout.hidden === undefined) return [];
  const text = keyring?.decrypt(hiddenPlace(row.file, row.id), Buffer.from(layout.hidden, 'base64')) ?? null;
  // What `layoutSteps` encrypted.
  return text === null ? null : (JSON.parse(text) as HiddenText[]);
};

/** `reader`: the one of the step that asks. */
const valuesFor = (
  reader: () => Reader,
  keyring: Keyring | null,
  row: LayoutRow,
  of: Values['of'],
): { layout: Layout; values: Values } => {
  // Written by `layoutSteps`; a damaged store does not open.
  const layout = JSON.parse(row.tokens) as Layout;
  const kept = (ledgerId: number): string | null => {
    const found = keptRow(reader(), ledgerId);
    return found === undefined ? null : openRaw(keyring, found, found);
  };
  return { layout, values: { of, kept, hidden: hiddenTexts(row, layout, keyring) } };
};

/** Every file with a layout, as the values of the store would write it now. */
export const regenerateAll = (reader: Reader, keyring: Keyring | null): Regenerated[] => {
  const of = createLookup(reader, keyring);
  return layoutRows(reader).map((row) => {
    const { layout, values } = valuesFor(() => reader, keyring, row, of);
    return { file: row.file, layout, ...atOnce(renderSteps(layout, values)) };
  });
};

/** The same in steps, none of them kept, for a caller that looks at each once. `run`: with that run's layouts only. */
export function* regenerateEach(
  reader: () => Reader,
  keyring: Keyring | null,
  { run, rows }: { run?: number; rows: LiveRows },
  look: (made: Regenerated) => void,
): Steps<void> {
  const of = lookupIn((kind, key) => rows.get(`${kind}/${key}`), keyring);
  for (const row of layoutRows(reader(), run)) {
    const { layout, values } = valuesFor(reader, keyring, row, of);
    look({ file: row.file, layout, ...(yield* renderSteps(layout, values)) });
    yield;
  }
}
