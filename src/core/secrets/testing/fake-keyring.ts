/** For tests only: what answers in the place of the operating system's keyring, in whatever mood it is. */
import type { KeyringAnswer, SystemKeyring } from '../system-keyring.ts';

/** `mood` null: as a good one would. */
export const createFakeKeyring = () => {
  const entries = new Map<string, string>();
  const fake = { mood: null as KeyringAnswer | null, asked: 0, entries };
  const say = (answer: () => KeyringAnswer): Promise<KeyringAnswer> => {
    fake.asked += 1;
    return Promise.resolve(fake.mood ?? answer());
  };
  const found = (account: string): KeyringAnswer => {
    const value = entries.get(account);
    return value === undefined ? { state: 'missing' } : { state: 'found', value };
  };
  const system: SystemKeyring = {
    get: (account) => say(() => found(account)),
    set: (account, value) =>
      say(() => {
        entries.set(account, value);
        return found(account);
      }),
  };
  return { fake, system };
};

export type FakeKeyring = ReturnType<typeof createFakeKeyring>;
