/**
 * The one gate: name -> validate input -> authorise -> handler (prepare, transact in a round, after) -> validate output
 * -> envelope. Every door and every forwarded call comes through here; nothing else calls a handler. A throw is a bug:
 * it is logged without any value and answered as `Unexpected`.
 */
import Schema, { type Validator } from 'typebox/schema';
import { reaches, type CommandSpec, type Permission } from '../contract/command.ts';
import { commands, isCommandName, type CommandName } from '../contract/commands.ts';
import { fail, type Result } from '../contract/result.ts';
import type { Context, Handler } from './context.ts';
import { handlers } from './handlers.ts';

type Problem = { field: string; problem: string };

/** Compiled once per schema, on first use. */
const validators = new Map<object, Validator>();
const problemOf = (schema: object, value: unknown): Problem | null => {
  let validator = validators.get(schema);
  if (validator === undefined) {
    validator = Schema.Compile(schema);
    validators.set(schema, validator);
  }
  if (validator.Check(value)) return null;
  const [, errors] = validator.Errors(value);
  const first = errors[0];
  return {
    field: first?.instancePath.replace(/^\//u, '').replaceAll('/', '.') ?? '',
    problem: first?.message ?? 'has the wrong shape',
  };
};

/** True for commands that change the home: they need its lock. A dry run does not. */
export const needsLock = (spec: CommandSpec, input: unknown): boolean =>
  spec.access === 'write' &&
  !(typeof input === 'object' && input !== null && 'dryRun' in input && input.dryRun === true);

export const mayCall = (spec: CommandSpec, role: Permission): boolean => reaches(role, spec.permission);

export type Checked = { ok: true; name: CommandName; spec: CommandSpec };

/**
 * What can be said before any file is opened: is it a command, is its input right, does the door let this actor do it.
 * What the actor's profile says stands in the store: users/roles.ts asks it before the handler runs.
 */
export const checkCall = (
  name: string,
  input: unknown,
  role: Permission,
): Checked | Extract<Result<never>, { ok: false }> => {
  if (!isCommandName(name)) return fail({ type: 'NotFound', what: 'command', name });
  const spec: CommandSpec = commands[name];
  const problem = problemOf(spec.input, input);
  if (problem !== null) return fail({ type: 'InputInvalid', ...problem });
  if (!mayCall(spec, role)) return fail({ type: 'Forbidden', action: name, role });
  return { ok: true, name, spec };
};

/** Runs a checked call. `report` gets bugs: the command's name and the stack without messages, which may hold values. */
export const runCall = async (
  call: { name: CommandName; spec: CommandSpec; input: unknown },
  ctx: Context,
  report: (logId: string, what: string) => void,
): Promise<Result<unknown>> => {
  const handler = handlers[call.name] as Handler<CommandName>;
  try {
    const result: Result<unknown> = await handler(ctx, call.input as never);
    if (!result.ok) return result;
    const problem = problemOf(call.spec.output, result.data);
    if (problem === null) return result;
    const logId = ctx.clock.newId();
    report(logId, `${call.name} answered with a wrong ${problem.field}: ${problem.problem}`);
    return fail({ type: 'Unexpected', logId });
  } catch (error) {
    const logId = ctx.clock.newId();
    report(logId, `${call.name} ${describeBug(error)}`);
    return fail({ type: 'Unexpected', logId });
  }
};

/** Name and stack frames; never the message, which a library may have built from a value. */
const describeBug = (error: unknown): string => {
  if (!(error instanceof Error)) return 'threw something that is not an error';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line));
  return [`threw ${error.name}`, ...frames].join('\n');
};
