/** The key of one backup, asked for only when the home's own does not open it. */
import { useState } from 'react';
import { describeError, type HoldfastError } from '../../contract/errors.ts';
import { messages } from '../messages.en.ts';
import { isFilled, toCredential, type Credential, type CredentialDraft } from '../unlock/credential-fields.tsx';

/** Errors that another key may mend. */
export const wantsKey = (error: HoldfastError | null): boolean =>
  error?.type === 'WrongKey' || error?.type === 'SecretsLocked';

/** A missing key in a page's words: the choices that come with the error are the terminal's, here the key is typed in. */
export const describeHere = (error: HoldfastError): string =>
  error.type === 'SecretsLocked'
    ? `${describeError({ ...error, choices: [] })} ${messages.unlock.typeBelow}`
    : describeError(error);

export const useCredential = (): {
  draft: CredentialDraft;
  setDraft: (draft: CredentialDraft) => void;
  credential: { credential?: Credential };
} => {
  const [draft, setDraft] = useState<CredentialDraft>({ kind: 'passphrase', text: '' });
  return { draft, setDraft, credential: isFilled(draft) ? { credential: toCredential(draft) } : {} };
};
