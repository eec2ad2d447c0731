/** Every command's handler: exactly one each, or this does not compile. */
import { auditHandlers } from './audit/commands.ts';
import { backupHandlers } from './backup/commands.ts';
import { bundleHandlers } from './bundles/commands.ts';
import type { Handlers } from './context.ts';
import { definitionHandlers } from './definitions/commands.ts';
import { doctorHandlers } from './doctor/commands.ts';
import { homeHandlers } from './homes/commands.ts';
import { integrationHandlers } from './integrations/commands.ts';
import { metricHandlers } from './metrics/commands.ts';
import { migrationHandlers } from './migration/commands.ts';
import { mirrorHandlers } from './mirrors/commands.ts';
import { recordHandlers } from './records/commands.ts';
import { recoveryHandlers } from './recovery/commands.ts';
import { schemaHandlers } from './schema/commands.ts';
import { secretHandlers } from './secrets/commands.ts';
import { settingsHandlers } from './settings/commands.ts';
import { userHandlers } from './users/commands.ts';
import { versionHandlers } from './versions/commands.ts';

export const handlers: Handlers = {
  ...homeHandlers,
  ...schemaHandlers,
  ...doctorHandlers,
  ...settingsHandlers,
  ...userHandlers,
  ...versionHandlers,
  ...auditHandlers,
  ...integrationHandlers,
  ...recordHandlers,
  ...metricHandlers,
  ...secretHandlers,
  ...migrationHandlers,
  ...mirrorHandlers,
  ...backupHandlers,
  ...bundleHandlers,
  ...definitionHandlers,
  ...recoveryHandlers,
};
