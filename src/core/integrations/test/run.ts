/** `integration.test`: the fields as saved, with what the form holds in their place; one audit entry, nothing saved. */
import type { Input, Output } from '../../../contract/commands.ts';
import type { TestStep, TestStepName } from '../../../contract/integrations.ts';
import type { JsonValue } from '../../../contract/json.ts';
import { fail, ok, type Result } from '../../../contract/result.ts';
import type { Context } from '../../context.ts';
import type { IntegrationType } from '../../definitions/types.ts';
import type { Keyring } from '../../secrets/types.ts';
import { plainValue } from '../change.ts';
import { fieldProblems, idProblems, invalid, isSecretField, typeProblems } from '../check.ts';
import { testDetail } from '../last-test.ts';
import { storedIntegrations, typeOf, type StoredIntegration } from '../stored.ts';
import { tryTarget } from './connect.ts';
import { findTarget, wantedFields } from './target.ts';

type TestInput = Input<'integration.test'>;
type Form = {
  id: string;
  typeId: string;
  type: IntegrationType | null;
  stored: StoredIntegration['fields'];
  saved: boolean;
};
type Opened = { values: Map<string, JsonValue>; secrets: string[] };

const stepMs = 10_000;

const words: { [step in TestStepName]: string } = {
  address: 'Finding the address',
  name: 'Resolving the name',
  tcp: 'Connecting',
  tls: 'Encrypting',
  request: 'Asking',
};
const order: readonly TestStepName[] = ['address', 'name', 'tcp', 'tls', 'request'];

const formOf = async (ctx: Context, input: TestInput): Promise<Result<Form>> => {
  const definition = await ctx.definition();
  const found = await ctx.read((reader) => storedIntegrations(reader, definition).get(input.id) ?? null);
  if (!found.ok) return found;
  const present = found.data;
  if (present === null && input.type === undefined)
    return fail({ type: 'NotFound', what: 'integration', name: input.id });
  const typeId = present?.facts.type ?? input.type ?? input.id;
  const type = typeOf(definition, typeId);
  const stored: Form['stored'] = present?.fields ?? new Map();
  const problem = invalid([
    ...(present === null ? [...idProblems('id', input.id), ...typeProblems(definition, typeId)] : []),
    ...fieldProblems(type, { type: typeId, fields: stored }, input.fields ?? [], true),
  ]);
  return problem ?? ok({ id: input.id, typeId, type, stored, saved: present !== null });
};

/** Only the secrets that the test sends, or that hold the address, are opened. */
const openFields = async (ctx: Context, input: TestInput, form: Form): Promise<Result<Opened>> => {
  const changed = new Map((input.fields ?? []).map((change) => [change.field, change]));
  const names = [...new Set([...form.stored.keys(), ...changed.keys()])];
  const wanted = new Set(wantedFields(form.type, names));
  const opened: Opened = { values: new Map(), secrets: [] };
  let keyring: Keyring | null = null;
  const keep = (name: string, value: JsonValue, secret: boolean): void => {
    opened.values.set(name, value);
    if (secret && typeof value === 'string' && value.length >= 4) opened.secrets.push(value);
  };
  for (const name of names.filter((one) => wanted.has(one))) {
    const change = changed.get(name);
    const row = form.stored.get(name);
    if (change?.op === 'set') keep(name, change.value, isSecretField(form.type, row, name, change.value));
    if (change !== undefined || row === undefined) continue;
    if (row.secret && keyring === null) {
      const unlocked = await ctx.keyring(`The test sends secrets of ${form.id}`);
      if (!unlocked.ok) return unlocked;
      keyring = unlocked.data;
    }
    const plain = plainValue(row, keyring);
    if (plain === null) return fail({ type: 'WrongKey', what: row.key, needs: 'the key it was encrypted with' });
    keep(name, plain.value, row.secret);
  }
  return ok(opened);
};

/** Messages are made without values; should one ever hold a secret, it does not leave here. */
const withoutSecrets = (steps: readonly TestStep[], secrets: readonly string[]): TestStep[] =>
  steps.map((step) => ({
    ...step,
    message: secrets.reduce((text, secret) => text.replaceAll(secret, '(secret)'), step.message),
  }));

const runSteps = async (ctx: Context, form: Form, opened: Opened): Promise<TestStep[] | null> => {
  const found = findTarget(form.typeId, form.type, opened.values);
  if (!found.ok) return [{ step: 'address', result: 'failed', message: found.problem }];
  const onStep = (step: TestStepName): void => ctx.progress(words[step], (order.indexOf(step) / order.length) * 100);
  const steps = await tryTarget(found.target, { signal: ctx.signal, stepMs, onStep });
  if (steps === null) return null;
  const from = found.field === '' ? 'the definition' : found.field;
  const { host, port } = found.target;
  return [{ step: 'address', result: 'passed', message: `${host}:${String(port)}, from ${from}` }, ...steps];
};

const summary = (steps: readonly TestStep[]): { ok: boolean; message: string } => {
  const failed = steps.find((step) => step.result === 'failed');
  if (failed !== undefined) return { ok: false, message: failed.message };
  const last = steps.findLast((step) => step.result === 'passed');
  return { ok: true, message: last?.message ?? '' };
};

export const testIntegration = async (ctx: Context, input: TestInput): Promise<Result<Output<'integration.test'>>> => {
  const form = await formOf(ctx, input);
  if (!form.ok) return form;
  const opened = await openFields(ctx, input, form.data);
  if (!opened.ok) return opened;
  const done = await runSteps(ctx, form.data, opened.data);
  if (done === null) return fail({ type: 'Cancelled', what: `The test of ${input.id}` });
  const steps = withoutSecrets(done, opened.data.secrets);
  const result = { ...summary(steps), steps };
  const unsaved = !form.data.saved || (input.fields ?? []).length > 0;
  return ctx.commit({ kind: 'event' }, (changes) => {
    changes.event('integration', input.id, 'test', testDetail(result, unsaved));
    return ok({ id: input.id, at: changes.at, ...result, unsaved });
  });
};
