/**
 * The wizard's choices and answers while it is open. Everything but passphrases and secret answers is also kept as the
 * home's draft, by Holdfast in its own folder.
 */
import { create } from 'zustand';
import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';

export const stepIds = ['find', 'plan', 'protect', 'essentials', 'review'] as const;
export type StepId = (typeof stepIds)[number];

export type Choice = 'file' | 'store' | 'skip' | 'secret' | 'plain';
const choiceWords: readonly string[] = ['file', 'store', 'skip', 'secret', 'plain'];

export type WizardState = {
  step: StepId;
  definition: string | null;
  choices: { readonly [itemPath: string]: Choice };
  answers: { readonly [key: string]: JsonValue };
  recoveryCode: boolean;
  passphrase: string;
  repeat: string;
};

export const initialWizard: WizardState = {
  step: 'find',
  definition: null,
  choices: {},
  answers: {},
  recoveryCode: true,
  passphrase: '',
  repeat: '',
};

export const useWizard = create<WizardState>(() => initialWizard);

/** What may lie on disk: no passphrase, no answer to a secret question. */
export const toDraft = (state: WizardState, secretKeys: ReadonlySet<string>): JsonObject => ({
  step: state.step,
  definition: state.definition,
  choices: { ...state.choices },
  answers: Object.fromEntries(Object.entries(state.answers).filter(([key]) => !secretKeys.has(key))),
  recoveryCode: state.recoveryCode,
});

/** A draft may be old or edited by hand: what does not fit is left out. */
export const fromDraft = (draft: JsonValue | null): Partial<WizardState> => {
  if (draft === null || !isJsonObject(draft)) return {};
  const step = stepIds.find((id) => id === draft['step']);
  const { definition, choices, answers, recoveryCode } = draft;
  return {
    ...(step === undefined ? {} : { step }),
    ...(typeof definition === 'string' ? { definition } : {}),
    ...(isJsonObject(choices)
      ? {
          choices: Object.fromEntries(
            Object.entries(choices).filter(
              (one): one is [string, Choice] => typeof one[1] === 'string' && choiceWords.includes(one[1]),
            ),
          ),
        }
      : {}),
    ...(isJsonObject(answers) ? { answers } : {}),
    ...(typeof recoveryCode === 'boolean' ? { recoveryCode } : {}),
  };
};

/** Passphrase and repetition agree and there is at least one key, or nothing is needed because keys exist. */
export const protectProblem = (state: WizardState, hasKeys: boolean): 'none' | 'differ' | 'nothing' => {
  if (hasKeys) return 'none';
  if (state.passphrase !== state.repeat) return 'differ';
  return state.recoveryCode || state.passphrase !== '' ? 'none' : 'nothing';
};
