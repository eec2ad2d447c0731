/** What every kind of field is given. A field shows `value` and reports edits; it never saves anything itself. */
import type { JsonValue } from '../../../contract/json.ts';
import type { ComponentType } from 'react';
import type { SettingKind, SettingView } from '../../../contract/settings.ts';
import type { Edit } from '../staging.ts';

export type FieldProps = {
  id: string;
  labelledBy: string;
  describedBy: string | undefined;
  invalid: boolean;
  setting: Pick<SettingView, 'key' | 'title' | 'kind' | 'schema' | 'secret' | 'set'>;
  value: JsonValue;
  /** What a list of choices shows while none is made. */
  placeholder?: string;
  /** What an empty field says where the value is null, or where there is none. */
  empty?: string | undefined;
  /** The staged edit of this setting, if any. */
  edit: Edit | undefined;
  onEdit: (edit: Edit) => void;
  /** The owner left the field: problems may show now. */
  onLeave: () => void;
};

/** What a file of this folder gives: its component, the kinds it edits, and which stored values it can show. */
export type KindOfField = {
  kinds: readonly SettingKind[];
  /** Anything else stored under the kind is edited as JSON, so that nothing is bent on the way. */
  shows: (value: JsonValue) => boolean;
  Field: ComponentType<FieldProps>;
};

export const isText = (value: JsonValue): boolean => typeof value === 'string';
export const isNumber = (value: JsonValue): boolean => typeof value === 'number';

export const textOf = (value: JsonValue): string =>
  value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
