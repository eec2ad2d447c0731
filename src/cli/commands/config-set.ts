/** `config set`: where the value comes from and what it means. A secret is never taken from an argument. */
import { fail, ok, type Result } from '../../contract/result.ts';
import { parseDuration } from '../../contract/duration.ts';
import type { SettingChange, SettingView } from '../../contract/settings.ts';
import type { JsonValue } from '../../contract/json.ts';
import { secretByName } from '../../core/definitions/secret-names.ts';
import { readTextFile, textOf } from '../credential.ts';
import { withReason } from '../critical.ts';
import { formatTime, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseJsonValue, parseValue } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';

export type SetOptions = {
  jsonValue?: boolean;
  create?: boolean;
  stdin?: boolean;
  fromFile?: string;
  generate?: boolean;
  for?: string;
};

const oneOrigin = (key: string, value: string | undefined, options: SetOptions): Result<true> => {
  const origins = [value !== undefined, options.stdin, options.fromFile !== undefined, options.generate];
  const given = origins.filter((one) => one === true).length;
  return given > 1
    ? fail({ type: 'Usage', message: `Give ${printable(key)} one value: VALUE, --stdin, --from-file or --generate.` })
    : ok(true);
};

const askFor = async (session: Session, key: string): Promise<Result<string>> => {
  const { io } = session;
  if (!io.interactive)
    return fail({
      type: 'InputInvalid',
      field: 'VALUE',
      problem: 'there is none: give it with --stdin or --from-file FILE',
    });
  const text = await io.prompts.secret(`New value of ${printable(key)}`);
  return text === null ? fail({ type: 'Cancelled', what: 'The change' }) : ok(text);
};

const textFor = async (
  session: Session,
  key: string,
  view: SettingView | null,
  given: { value: string | undefined; options: SetOptions },
): Promise<Result<string>> => {
  const { value, options } = given;
  if (value !== undefined) {
    const secret = view === null ? options.create === true && secretByName(key, value) : view.secret;
    if (!secret) return ok(value);
    return fail({
      type: 'InputInvalid',
      field: 'VALUE',
      problem: `${key} is a secret, and a secret is never an argument: use --stdin, --from-file FILE, or leave it out to be asked`,
    });
  }
  if (options.stdin === true) return textOf(session.io.readStdin(), '--stdin');
  if (options.fromFile !== undefined) return readTextFile(options.fromFile, session.io.cwd, '--from-file');
  if (view !== null && !view.secret)
    return fail({ type: 'Usage', message: `config set ${printable(key)} needs a VALUE, --stdin or --from-file FILE.` });
  return askFor(session, key);
};

const onTrial = async (session: Session, change: SettingChange, span: string): Promise<Outcome> => {
  const seconds = parseDuration(span);
  if (seconds === null || seconds <= 0)
    return trouble(fail({ type: 'InputInvalid', field: '--for', problem: 'give a time such as 10m or 2h' }));
  const result = await session.call('settings.trial', {
    changes: [change],
    minutes: seconds / 60,
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  if (!result.ok) return trouble(result);
  const until = `On trial until ${formatTime(result.data.until)}, unless kept: holdfast config trial keep.`;
  return answer(result.data, [...changeText(result.data, 'Changed', session), until]);
};

/** The change that was asked for. A generated value is made by the core. */
const changeFor = async (
  session: Session,
  key: string,
  view: SettingView | null,
  given: { value: string | undefined; options: SetOptions },
): Promise<Result<SettingChange>> => {
  const text = await textFor(session, key, view, given);
  if (!text.ok) return text;
  const parsed: Result<JsonValue> =
    given.options.jsonValue === true
      ? parseJsonValue(text.data)
      : ok(view?.secret === true && view.kind === 'secret' ? text.data : parseValue(text.data, view));
  return parsed.ok ? ok({ key, op: 'set', value: parsed.data }) : parsed;
};

export const setSetting = async (
  session: Session,
  key: string,
  value: string | undefined,
  options: SetOptions,
): Promise<Outcome> => {
  const single = oneOrigin(key, value, options);
  if (!single.ok) return trouble(single);
  const listed = await session.call('settings.list', { prefix: key });
  if (!listed.ok) return trouble(listed);
  const view = listed.data.settings.find((one) => one.key === key) ?? null;
  const given: Result<SettingChange | { key: string; op: 'generate' }> =
    options.generate === true ? ok({ key, op: 'generate' }) : await changeFor(session, key, view, { value, options });
  if (!given.ok) return trouble(given);
  const change = given.data;
  if (options.for !== undefined) {
    if (change.op !== 'generate') return onTrial(session, change, options.for);
    return trouble(fail({ type: 'Usage', message: 'A generated secret cannot go back by itself: leave --for out.' }));
  }
  const changes = [change];
  const result = await withReason(session, (reason) =>
    session.call('settings.apply', {
      changes,
      ...reason,
      ...(options.create === true ? { create: true } : {}),
      ...(session.dryRun ? { dryRun: true } : {}),
    }),
  );
  return result.ok ? answer(result.data, changeText(result.data, 'Changed', session)) : trouble(result);
};
