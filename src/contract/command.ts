/**
 * How a command is declared. `commands.ts` gathers the declarations into the one value from which TypeScript derives
 * names, inputs, outputs, the handler table and every door's client.
 */
import Type, { type Static, type TSchema } from 'typebox';
import type { JsonValue } from './json.ts';

/** `view` reads; `edit` changes settings; `admin` also migrates, restores and touches keys. */
export type Permission = 'view' | 'edit' | 'admin';

const rank: Record<Permission, number> = { view: 0, edit: 1, admin: 2 };

/** Whether who has this permission may do what needs that one. */
export const reaches = (has: Permission, needs: Permission): boolean => rank[has] >= rank[needs];

export type CommandSpec<I extends TSchema = TSchema, O extends TSchema = TSchema> = {
  readonly input: I;
  readonly output: O;
  readonly permission: Permission;
  /** `read` never creates or changes a file; `write` needs the home's lock (unless the input says `dryRun: true`). */
  readonly access: 'read' | 'write';
  /** What it leaves in the audit log when it succeeds. */
  readonly audit: 'none' | 'change' | 'event';
  /** Long work: reports progress under the caller's `jobId` and can be cancelled. */
  readonly job: boolean;
};

type Options = { permission?: Permission; audit?: 'none' | 'change' | 'event'; job?: boolean };

export const query = <I extends TSchema, O extends TSchema>(
  input: I,
  output: O,
  options: Options = {},
): CommandSpec<I, O> => ({
  input,
  output,
  permission: options.permission ?? 'view',
  access: 'read',
  audit: options.audit ?? 'none',
  job: options.job ?? false,
});

export const command = <I extends TSchema, O extends TSchema>(
  input: I,
  output: O,
  options: Options = {},
): CommandSpec<I, O> => ({
  input,
  output,
  permission: options.permission ?? 'edit',
  access: 'write',
  audit: options.audit ?? 'change',
  job: options.job ?? false,
});

/** Any JSON value; depth and exactness are checked where it enters the store. */
export const Json = Type.Unsafe<JsonValue>({});

/** ISO 8601 UTC with milliseconds. */
export const Time = Type.String();

/** A file that a door registered for this session; never a path. */
export const FileHandle = Type.String({ pattern: '^file_[A-Za-z0-9_-]{16,64}$' });

export const Strict = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export type { Static, TSchema };
export { Type };
