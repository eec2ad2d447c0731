/** The contract as one value: every command of every noun. Doors and handlers are derived from it. */
import type { Static } from './command.ts';
import { auditCommands } from './audit.ts';
import { backupCommands } from './backups.ts';
import { bundleCommands } from './bundles.ts';
import { definitionCommands } from './definitions.ts';
import { homeCommands } from './home.ts';
import { integrationCommands } from './integrations.ts';
import { metricCommands } from './metrics.ts';
import { migrationCommands } from './migration.ts';
import { mirrorCommands } from './mirrors.ts';
import { recordCommands } from './records.ts';
import { recoveryCommands } from './recovery.ts';
import { schemaCommands } from './schema.ts';
import { secretCommands } from './secrets.ts';
import { settingsCommands } from './settings.ts';
import { userCommands } from './users.ts';
import { versionsCommands } from './versions.ts';

export const commands = {
  ...homeCommands,
  ...schemaCommands,
  ...settingsCommands,
  ...userCommands,
  ...versionsCommands,
  ...auditCommands,
  ...integrationCommands,
  ...recordCommands,
  ...metricCommands,
  ...secretCommands,
  ...migrationCommands,
  ...mirrorCommands,
  ...backupCommands,
  ...bundleCommands,
  ...definitionCommands,
  ...recoveryCommands,
};

export type Commands = typeof commands;
export type CommandName = keyof Commands;
export type Input<N extends CommandName> = Static<Commands[N]['input']>;
export type Output<N extends CommandName> = Static<Commands[N]['output']>;

export const commandNames = Object.keys(commands) as CommandName[];
export const isCommandName = (name: string): name is CommandName => Object.hasOwn(commands, name);
