/** Which of the wizard's questions have an answer: a value is stored, and it is not one that stands for none. */
import { jsonEqual, type JsonValue } from '../../contract/json.ts';
import { parseValue } from '../changes/view.ts';
import type { Question } from '../definitions/types.ts';
import { storedSetting } from '../settings/queries.ts';
import type { Reader } from '../store/types.ts';
import { liveKeys } from './queries.ts';

export const isUnanswered = (question: Question, value: JsonValue): boolean =>
  (question.unanswered ?? []).some((one) => jsonEqual(one, value));

export const answeredKeys = (reader: Reader, questions: readonly Question[]): Set<string> => {
  const live = liveKeys(
    reader,
    questions.map((question) => question.key),
  );
  for (const question of questions) {
    const row =
      live.has(question.key) && question.unanswered !== undefined ? storedSetting(reader, question.key) : undefined;
    if (row !== undefined && !row.secret && isUnanswered(question, parseValue(row.value))) live.delete(question.key);
  }
  return live;
};
