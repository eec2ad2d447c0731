/** `record put`: where the document comes from, and what is said of it once it is saved. */
import type { JsonValue } from '../../contract/json.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { readTextFile, textOf } from '../credential.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseJsonValue, parseMoment } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';

export type PutOptions = {
  data?: string;
  stdin?: boolean;
  fromFile?: string;
  patch?: boolean;
  expires?: string;
  create?: boolean;
};

const usage = (message: string) => fail({ type: 'Usage', message });

const documentOf = (session: Session, options: PutOptions): Result<JsonValue> => {
  const { data, stdin, fromFile } = options;
  if ([data !== undefined, stdin === true, fromFile !== undefined].filter(Boolean).length !== 1)
    return usage('Give the document once: --data JSON, --from-file FILE or --stdin.');
  const text =
    data !== undefined
      ? ok(data)
      : fromFile !== undefined
        ? readTextFile(fromFile, session.io.cwd, '--from-file')
        : textOf(session.io.readStdin(), '--stdin');
  if (!text.ok) return text;
  const parsed = parseJsonValue(text.data);
  return parsed.ok || parsed.error.type !== 'InputInvalid'
    ? parsed
    : fail({ ...parsed.error, field: 'data', problem: parsed.error.problem.replace(' (--json-value was given)', '') });
};

export const put = async (
  session: Session,
  collection: string,
  id: string | undefined,
  options: PutOptions,
): Promise<Outcome> => {
  const data = documentOf(session, options);
  if (!data.ok) return trouble(data);
  const never = options.expires === 'never';
  const expires =
    options.expires === undefined || never ? null : parseMoment(options.expires, session.now, '--expires', true);
  if (expires?.ok === false) return trouble(expires);
  const result = await session.call('records.put', {
    collection,
    data: data.data,
    ...(id === undefined ? {} : { id }),
    ...(options.patch === true ? { patch: true } : {}),
    ...(options.create === true ? { create: true } : {}),
    ...(expires === null ? (never ? { expiresAt: null } : {}) : { expiresAt: expires.data }),
    ...session.reason(),
    ...(session.dryRun ? { dryRun: true } : {}),
  });
  return result.ok ? answer(result.data, changeText(result.data, 'Saved', session)) : trouble(result);
};
