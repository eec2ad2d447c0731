/** Where a setting's value comes from: every layer that has one, the weakest first. */
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { parseValue } from '../changes/view.ts';
import type { Definition } from '../definitions/types.ts';
import { readClear } from '../migration/raw-text.ts';
import { valueOfRaw } from '../migration/raw-value.ts';
import { rankOf } from '../migration/rivals.ts';
import type { Reader } from '../store/types.ts';
import { fileLayer, overruledRows, type StoredSetting } from './queries.ts';
import type { SettingView } from '../../contract/settings.ts';

type Layer = Output<'settings.explain'>['layers'][number];
type Known = { definition: Definition | null; view: SettingView };

const lineOf = (line: number | null): { line?: number } => (line === null ? {} : { line });

/** What stronger files overrule. A secret's text is encrypted: it only says that it is there. */
const overruled = (reader: Reader, { definition, view }: Known): Layer[] => {
  const subject = { kind: 'setting' as const, key: view.key };
  const strength = (file: string): number => rankOf(definition?.precedence ?? null, { file, subject }) ?? -1;
  return overruledRows(reader, view.key)
    .toSorted((a, b) => strength(b.file) - strength(a.file))
    .map(({ file, line, at, raw }) => {
      const text = readClear(raw);
      const value: JsonValue = text === null ? null : (valueOfRaw(definition, file, view.key, text) ?? text);
      return { source: 'file', value, file, ...lineOf(line), ...(text === null ? { set: true } : {}), at, wins: false };
    });
};

const winning = (reader: Reader, { view }: Known): Layer[] => {
  const layer = fileLayer(reader, view.key);
  if (layer === undefined) return [];
  const { value, secret, at, line, file } = layer;
  return [
    {
      source: 'file',
      value: secret === 1 ? null : parseValue(value),
      file,
      ...lineOf(line),
      ...(secret === 1 ? { set: true } : {}),
      at,
      wins: view.source === 'file',
    },
  ];
};

const chosen = ({ view }: Known): Layer[] => {
  if (view.source !== 'set' && view.source !== 'wizard') return [];
  return [
    {
      source: view.source,
      value: view.value,
      ...(view.secret ? { set: true } : {}),
      ...(view.changedAt === null ? {} : { at: view.changedAt }),
      wins: true,
    },
  ];
};

/** A user's own value, and the lock that makes everybody's the one that counts. */
const above = (
  own: { user: string; row: StoredSetting | undefined },
  { view }: Known,
  locked: string | null,
): Layer[] => {
  const { user, row } = own;
  const hidden = view.secret || row?.secret === true;
  const override: Layer[] =
    row === undefined
      ? []
      : [
          {
            source: 'override',
            value: hidden ? null : parseValue(row.value),
            ...(hidden ? { set: true } : {}),
            at: row.at,
            user,
            wins: locked === null,
          },
        ];
  if (locked === null) return override;
  const value: Layer = { source: 'locked', value: view.value, reason: locked, wins: true };
  return [...override, view.set === undefined ? value : { ...value, set: view.set }];
};

/** `known.view` is the home's own: without anybody's overrides and without locks. */
export const layersOf = (
  reader: Reader,
  known: Known,
  own: { user: string; row: StoredSetting | undefined; locked: string | null },
): Layer[] => {
  const { view } = known;
  const fallback: Layer[] = view.hasDefault
    ? [{ source: 'default', value: view.default, wins: view.source === 'default' }]
    : [];
  const base = [...fallback, ...overruled(reader, known), ...winning(reader, known), ...chosen(known)];
  const stronger = above(own, known, own.locked);
  return stronger.length === 0 ? base : [...base.map((layer) => ({ ...layer, wins: false })), ...stronger];
};
