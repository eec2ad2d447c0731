/**
 * Kind -> field: every file of this folder whose name ends in `-field.tsx` says which kinds it edits. To add a kind: one
 * member in the contract's list and one such file.
 */
import type { ComponentType } from 'react';
import type { JsonValue } from '../../../contract/json.ts';
import { settingKinds, type SettingKind } from '../../../contract/settings.ts';
import type { FieldProps, KindOfField } from './field-props.ts';

const files = import.meta.glob<{ fields: readonly KindOfField[] }>('./*-field.tsx', { eager: true });

const byKind = new Map<SettingKind, KindOfField>(
  Object.values(files).flatMap(({ fields }) => fields.flatMap((one) => one.kinds.map((kind) => [kind, one] as const))),
);

const fieldOf = (kind: SettingKind): KindOfField => {
  const found = byKind.get(kind);
  if (found === undefined) throw new Error(`no file in renderer/settings/fields edits the kind ${kind}`);
  return found;
};

for (const kind of settingKinds) fieldOf(kind);

export const fieldFor = (kind: SettingKind, value: JsonValue): ComponentType<FieldProps> =>
  (value === null || fieldOf(kind).shows(value) ? fieldOf(kind) : fieldOf('json')).Field;
