/** A value as a person would say it: `off`, `8080`, `dark`, `1 min 30 s`. */
import { durationSeconds, durationWords } from '../../contract/duration.ts';
import type { JsonValue } from '../../contract/json.ts';
import type { SettingView } from '../../contract/settings.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';

export const valueWords = (value: JsonValue, { kind }: Pick<SettingView, 'kind'>): string => {
  if (typeof value === 'boolean') return (value ? messages.ui.on : messages.ui.off).toLowerCase();
  if (value === '') return messages.ui.nothing;
  const seconds = kind === 'duration' ? durationSeconds(value) : null;
  if (seconds !== null) return durationWords(seconds);
  return typeof value === 'string' && value.length <= 32 ? value : formatValue(value, 32);
};
