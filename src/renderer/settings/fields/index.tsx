/** Kind -> field. To add a kind: one member in the contract and one line here; tsc names this record otherwise. */
import type { ComponentType } from 'react';
import type { JsonValue } from '../../../contract/json.ts';
import type { SettingKind } from '../../../contract/settings.ts';
import { BooleanField } from './boolean-field.tsx';
import { EnumField } from './enum-field.tsx';
import type { FieldProps } from './field-props.ts';
import { JsonField } from './json-field.tsx';
import { ListField } from './list-field.tsx';
import { NumberSettingField } from './number-setting-field.tsx';
import { SecretField } from './secret-field.tsx';
import { LongTextField, TextField } from './text-field.tsx';

const fields: { [kind in SettingKind]: ComponentType<FieldProps> } = {
  boolean: BooleanField,
  integer: NumberSettingField,
  number: NumberSettingField,
  string: TextField,
  text: LongTextField,
  enum: EnumField,
  list: ListField,
  json: JsonField,
  path: TextField,
  url: TextField,
  email: TextField,
  port: NumberSettingField,
  secret: SecretField,
};

const isText = (value: JsonValue): boolean => typeof value === 'string';

/** What a kind's field can show; anything else stored under it is edited as JSON, so that nothing is bent on the way. */
const canShow: { [kind in SettingKind]: (value: JsonValue) => boolean } = {
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => typeof value === 'number',
  number: (value) => typeof value === 'number',
  string: isText,
  text: isText,
  enum: () => true,
  list: (value) => Array.isArray(value) && value.every(isText),
  json: () => true,
  path: isText,
  url: isText,
  email: isText,
  port: (value) => typeof value === 'number',
  secret: () => true,
};

export const fieldFor = (kind: SettingKind, value: JsonValue): ComponentType<FieldProps> =>
  value === null || canShow[kind](value) ? fields[kind] : fields.json;
