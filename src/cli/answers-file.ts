/** The answers file of `setup --answers FILE`: `{definition, answers: {key: value}, choices: {itemPath: action}}`, all optional. */
import { parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import Value from 'typebox/value';
import { Json, Strict, Type, type Static } from '../contract/command.ts';
import { Choices } from '../contract/migration.ts';
import { fail, ok, type Result } from '../contract/result.ts';

export const Answers = Strict({
  definition: Type.Optional(Type.String()),
  answers: Type.Optional(Type.Record(Type.String(), Json)),
  choices: Type.Optional(Choices),
});
export type Answers = Static<typeof Answers>;

/** Line and column of an offset, counting from 1. */
const placeOf = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
};

/** `file` is only for the message. */
export const parseAnswers = (text: string, file: string): Result<Answers> => {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first !== undefined)
    return fail({
      type: 'FileInvalid',
      file,
      problem: printParseErrorCode(first.error),
      ...placeOf(text, first.offset),
    });
  const parsed: unknown = JSON.parse(text);
  if (Value.Check(Answers, parsed)) return ok(parsed);
  const problem = Value.Errors(Answers, parsed)[0];
  const where = problem?.instancePath.replace(/^\//u, '').replaceAll('/', '.') ?? '';
  return fail({
    type: 'FileInvalid',
    file,
    problem: `${where === '' ? 'the answers' : where} ${problem?.message ?? 'have the wrong shape'}`,
  });
};
