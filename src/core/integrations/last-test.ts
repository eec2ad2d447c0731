/** The newest test result of each integration, read from the audit log; a test of unsaved fields is not one of them. */
import type { LastTest, TestStep } from '../../contract/integrations.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../contract/json.ts';
import { db } from '../store/sql.ts';
import type { Reader } from '../store/types.ts';

export type TestResult = Omit<LastTest, 'outdated'>;

/** What a test's audit entry keeps. */
export const testDetail = (result: Omit<TestResult, 'at'>, unsaved: boolean): JsonObject => ({
  ok: result.ok,
  message: result.message,
  steps: result.steps.map((step) => ({ ...step })),
  ...(unsaved ? { unsaved: true } : {}),
});

/** Written by `testDetail` only; what another program wrote there is left out. */
const parseDetail = (text: string | null): Omit<TestResult, 'at'> | null => {
  const detail: JsonValue = text === null ? null : (JSON.parse(text) as JsonValue);
  if (!isJsonObject(detail) || detail['unsaved'] === true || !Array.isArray(detail['steps'])) return null;
  const { ok, message, steps } = detail;
  if (typeof ok !== 'boolean' || typeof message !== 'string') return null;
  return { ok, message, steps: steps.filter(isJsonObject) as unknown as TestStep[] };
};

export const lastTests = (reader: Reader): Map<string, TestResult> => {
  const rows = reader.all(
    db
      .selectFrom('audit')
      .innerJoin('subject', 'subject.id', 'audit.subject')
      .innerJoin('term as action', 'action.id', 'audit.action')
      .innerJoin('change_set', 'change_set.id', 'audit.change_set')
      .select(['subject.key', 'change_set.at', 'audit.detail'])
      .where('subject.kind', '=', 'integration')
      .where('action.text', '=', 'test')
      .orderBy('audit.id')
      .compile(),
  );
  const found = new Map<string, TestResult>();
  for (const { key, at, detail } of rows) {
    const result = parseDetail(detail);
    if (result !== null) found.set(key, { at, ...result });
  }
  return found;
};
