/** A plain setting for tests; each test says only what matters to it. */
import type { SettingView } from '../../../contract/settings.ts';

export const setting = (given: Partial<SettingView> & { key: string }): SettingView => ({
  value: null,
  type: 'string',
  source: 'default',
  secret: false,
  default: null,
  modified: false,
  restart: false,
  version: null,
  hasDefault: false,
  kind: 'string',
  title: given.key,
  description: '',
  category: 'general',
  critical: false,
  known: true,
  schema: {},
  changedAt: null,
  changedBy: null,
  ...given,
});
