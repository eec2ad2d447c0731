/**
 * Values that nobody has to think of: where a change says `generate`, a secret gets 256 random bits as text of 43
 * characters. They are made here and stored encrypted, so that no door, no page and no terminal ever holds them (H23).
 */
import { randomBytes } from 'node:crypto';
import type { Input } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import type { SettingChange } from '../../contract/settings.ts';
import type { Present } from './check.ts';
import { isSecretSetting } from './views.ts';

const randomText = (): string => randomBytes(32).toString('base64url');

/** Errors: `SettingInvalid` for what is no secret. Whether the text fits the setting's schema is checked with the rest. */
export const withGenerated = (
  { definition, stored }: Pick<Present, 'definition' | 'stored'>,
  changes: Input<'settings.apply'>['changes'],
): Result<SettingChange[]> => {
  const invalid = changes
    .filter(({ key, op }) => op === 'generate' && !isSecretSetting(definition, key, stored.get(key)))
    .map(({ key }) => ({ key, problem: 'is no secret: only a secret can be generated' }));
  const [first] = invalid;
  if (first !== undefined) return fail({ type: 'SettingInvalid', ...first, invalid });
  return ok(
    changes.map((change) => (change.op === 'generate' ? { key: change.key, op: 'set', value: randomText() } : change)),
  );
};
