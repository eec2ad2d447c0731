import { describe, expect, it } from 'vitest';
import { parseAnswers } from './answers-file.ts';

describe('parseAnswers', () => {
  it('takes the three parts, all optional', () => {
    const whole = {
      definition: 'deeptempo',
      answers: { 'general.theme': 'dark', n: 1 },
      choices: { '.env:A': 'plain' },
    };
    expect([parseAnswers('{}', 'a.json'), parseAnswers(JSON.stringify(whole), 'a.json')]).toEqual([
      { ok: true, data: {} },
      { ok: true, data: whole },
    ]);
  });

  it('names the place of what is not JSON, and the member that is wrong', () => {
    expect(
      [
        parseAnswers('{\n  "answers": {},\n}', 'a.json'),
        parseAnswers('', 'a.json'),
        parseAnswers('{"choices":{"x":"eat"}}', 'a.json'),
        parseAnswers('[]', 'a.json'),
      ].map((result) => (result.ok ? null : { ...result.error, problem: '' })),
    ).toEqual([
      { type: 'FileInvalid', file: 'a.json', problem: '', line: 3, column: 1 },
      { type: 'FileInvalid', file: 'a.json', problem: '', line: 1, column: 1 },
      { type: 'FileInvalid', file: 'a.json', problem: '' },
      { type: 'FileInvalid', file: 'a.json', problem: '' },
    ]);
  });
});
