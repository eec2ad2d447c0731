import { expect, test } from 'vitest';
import { fromDraft, initialWizard, protectProblem, toDraft, type WizardState } from './wizard-store.ts';

const state: WizardState = {
  ...initialWizard,
  step: 'review',
  definition: 'deeptempo',
  choices: { 'general_config.json:theme': 'file' },
  answers: { 'app.mode': 'single', 'app.token': 'hunter2' },
  passphrase: 'correct horse',
  repeat: 'correct horse',
};

test('a draft keeps choices and answers, never a passphrase or a secret answer', () => {
  const draft = toDraft(state, new Set(['app.token']));
  expect(draft).toEqual({
    step: 'review',
    definition: 'deeptempo',
    choices: { 'general_config.json:theme': 'file' },
    answers: { 'app.mode': 'single' },
    recoveryCode: true,
  });
  expect(JSON.stringify(draft)).not.toMatch(/hunter2|correct horse/u);
  expect({ ...initialWizard, ...fromDraft(draft) }).toEqual({
    ...state,
    answers: { 'app.mode': 'single' },
    passphrase: '',
    repeat: '',
  });
});

test('a draft that does not fit is left out part by part', () => {
  expect(fromDraft(null)).toEqual({});
  expect(fromDraft(['x'])).toEqual({});
  expect(
    fromDraft({
      step: 'nowhere',
      definition: 7,
      choices: { a: 'file', b: 'destroy', c: 1 },
      answers: [],
      recoveryCode: 'yes',
    }),
  ).toEqual({
    choices: { a: 'file' },
  });
});

test('at least one key, and both passphrases the same, unless there are keys', () => {
  expect(protectProblem(state, false)).toBe('none');
  expect(protectProblem({ ...state, repeat: 'x' }, false)).toBe('differ');
  expect(protectProblem({ ...state, passphrase: '', repeat: '' }, false)).toBe('none');
  expect(protectProblem({ ...state, recoveryCode: false, passphrase: '', repeat: '' }, false)).toBe('nothing');
  expect(protectProblem({ ...state, recoveryCode: false, passphrase: '', repeat: '' }, true)).toBe('none');
});
