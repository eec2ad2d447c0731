/** `integration set` and the other changes of integrations. A secret is never taken from an argument. */
import type { Command } from 'commander';
import type { Input, Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { secretByName } from '../../core/definitions/secret-names.ts';
import { readTextFile, textOf } from '../credential.ts';
import { printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseJsonValue, parseValue, type ValueShape } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';
import type { Run } from './run.ts';

type SetOptions = {
  jsonValue?: boolean;
  stdin?: boolean;
  fromFile?: string;
  create?: boolean;
  type?: string;
  name?: string;
};
type Given = { id: string; field: string | undefined; value: string | undefined; options: SetOptions };
type Shape = ValueShape & { secret: boolean };

const usage = (message: string) => fail({ type: 'Usage', message });

const writing = (session: Session) => ({ ...session.reason(), ...(session.dryRun ? { dryRun: true } : {}) });

/** Under the field's name: the integration's own row by its id. */
const told = (session: Session, result: Result<Output<'integration.apply'>>, verb: string): Outcome => {
  if (!result.ok) return trouble(result);
  const named = result.data.changes.map((one) => ({ ...one, key: one.key === '' ? result.data.id : one.key }));
  return answer(result.data, changeText({ ...result.data, changes: named }, verb, session));
};

/** What the field is, from the integration or, for a new one, from its type; null when nobody knows it. */
const shapeOf = async (session: Session, given: Given, field: string): Promise<Result<Shape | null>> => {
  const shown = await session.call('integration.show', { id: given.id });
  if (shown.ok) return ok(shown.data.fields.find((one) => one.key === field) ?? null);
  if (shown.error.type !== 'NotFound' || given.options.create !== true) return shown;
  const known = await session.call('integration.types', {});
  if (!known.ok) return known;
  const type = known.data.types.find((one) => one.id === (given.options.type ?? given.id));
  return ok(type?.fields.find((one) => one.key === field) ?? null);
};

const isSecret = (shape: Shape | null, field: string, value: JsonValue): boolean =>
  shape === null ? secretByName(field, value) : shape.secret;

const textFor = async (session: Session, given: Given, shape: Shape | null, field: string): Promise<Result<string>> => {
  const { value, options } = given;
  if (value !== undefined) {
    if (!isSecret(shape, field, value)) return ok(value);
    return fail({
      type: 'InputInvalid',
      field: 'VALUE',
      problem: `${field} is a secret, and a secret is never an argument: use --stdin, --from-file FILE, or leave it out to be asked`,
    });
  }
  if (options.stdin === true) return textOf(session.io.readStdin(), '--stdin');
  if (options.fromFile !== undefined) return readTextFile(options.fromFile, session.io.cwd, '--from-file');
  if (shape !== null && !shape.secret)
    return usage(
      `integration set ${printable(given.id)} ${printable(field)} needs a VALUE, --stdin or --from-file FILE.`,
    );
  if (!session.io.interactive)
    return fail({
      type: 'InputInvalid',
      field: 'VALUE',
      problem: 'there is none: give it with --stdin or --from-file FILE',
    });
  const text = await session.io.prompts.secret(`New value of ${printable(field)}`);
  return text === null ? fail({ type: 'Cancelled', what: 'The change' }) : ok(text);
};

const fieldChange = async (session: Session, given: Given): Promise<Result<Input<'integration.apply'>['fields']>> => {
  const { field, value, options } = given;
  const origins = [value !== undefined, options.stdin === true, options.fromFile !== undefined].filter(Boolean).length;
  if (field === undefined) return origins > 0 ? usage('Name the FIELD that the value is for.') : ok([]);
  if (origins > 1) return usage(`Give ${printable(field)} one value: VALUE, --stdin or --from-file.`);
  const shape = await shapeOf(session, given, field);
  if (!shape.ok) return shape;
  const text = await textFor(session, given, shape.data, field);
  if (!text.ok) return text;
  const plain = shape.data?.kind === 'secret';
  const parsed: Result<JsonValue> =
    options.jsonValue === true ? parseJsonValue(text.data) : ok(plain ? text.data : parseValue(text.data, shape.data));
  return parsed.ok ? ok([{ field, op: 'set', value: parsed.data }]) : parsed;
};

const set = async (session: Session, given: Given): Promise<Outcome> => {
  const { id, field, options } = given;
  if (field === undefined && options.name === undefined && options.create !== true)
    return trouble(usage('Say what to set: FIELD VALUE, --name NAME, or --create.'));
  const fields = await fieldChange(session, given);
  if (!fields.ok) return trouble(fields);
  const result = await session.call('integration.apply', {
    id,
    fields: fields.data ?? [],
    ...(options.create === true ? { create: true } : {}),
    ...(options.type === undefined ? {} : { type: options.type }),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...writing(session),
  });
  return told(session, result, 'Changed');
};

const unset = async (session: Session, id: string, field: string): Promise<Outcome> =>
  told(
    session,
    await session.call('integration.apply', { id, fields: [{ field, op: 'unset' }], ...writing(session) }),
    'Removed',
  );

const turn = async (session: Session, id: string, enabled: boolean): Promise<Outcome> =>
  told(session, await session.call('integration.apply', { id, enabled, ...writing(session) }), 'Changed');

const remove = async (session: Session, id: string): Promise<Outcome> =>
  told(session, await session.call('integration.remove', { id, ...writing(session) }), 'Removed');

type CopyOptions = { name?: string; withSecrets?: boolean };

const duplicate = async (session: Session, id: string, as: string, options: CopyOptions): Promise<Outcome> => {
  const result = await session.call('integration.duplicate', {
    id,
    as,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.withSecrets === true ? { secrets: true } : {}),
    ...writing(session),
  });
  return told(session, result, 'Copied');
};

export const addChanging = (integration: Command, run: Run): void => {
  integration
    .command('set')
    .description('change one field, or make an integration; a secret comes from --stdin, --from-file or a prompt')
    .argument('<id>')
    .argument('[field]', 'its name, or its path such as credentials.password')
    .argument('[value]')
    .option('--json-value', 'read the value as JSON')
    .option('--stdin', 'read the value from stdin')
    .option('--from-file <file>', 'read the value from a file')
    .option('--create', 'make the integration when there is none, and take fields that its type does not know')
    .option('--type <type>', 'with --create: its type; the id when absent')
    .option('--name <name>', 'what people call it')
    .action((id: string, field: string | undefined, value: string | undefined, options: SetOptions) =>
      run((session) => set(session, { id, field, value, options })),
    );
  integration
    .command('unset')
    .description('remove the value of one field')
    .argument('<id>')
    .argument('<field>')
    .action((id: string, field: string) => run((session) => unset(session, id, field)));
  for (const [name, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    integration
      .command(name)
      .description(enabled ? 'switch an integration on' : 'switch an integration off; its fields stay')
      .argument('<id>')
      .action((id: string) => run((session) => turn(session, id, enabled)));
  }
  integration
    .command('duplicate')
    .description('a copy under another id, switched off')
    .argument('<id>')
    .argument('<as>')
    .option('--name <name>', 'what people call the copy')
    .option('--with-secrets', 'copy its secrets, too')
    .action((id: string, as: string, options: CopyOptions) => run((session) => duplicate(session, id, as, options)));
  integration
    .command('remove')
    .description('remove an integration with its fields; config undo brings it back')
    .argument('<id>')
    .action((id: string) => run((session) => remove(session, id)));
};
