/** Who this session acts as, and what that may do, for everything inside the frame. The core decides; screens only say so first. */
import { createContext, useContext } from 'react';
import type { Permission } from '../../contract/command.ts';
import { permissionOf, type UserView } from '../../contract/users.ts';
import { messages } from '../messages.en.ts';

export type Acting = {
  name: string;
  /** Null: the name has no profile. */
  profile: UserView | null;
  users: readonly UserView[];
};

const ActingContext = createContext<Acting>({ name: '', profile: null, users: [] });
export const ActingContextProvider = ActingContext.Provider;

export const useActing = (): Acting => useContext(ActingContext);

export const actingOf = (users: readonly UserView[], name: string): Acting => ({
  name,
  profile: users.find((one) => one.name === name) ?? null,
  users,
});

/** What a person is called: the shown name, else the name. */
export const shownName = ({ name, displayName }: Pick<UserView, 'name' | 'displayName'>): string =>
  displayName === null || displayName.trim() === '' ? name : displayName;

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** The same inside a sentence: not longer than one, and a name from right to left does not turn the words around it. */
export const nameInSentence = (user: Pick<UserView, 'name' | 'displayName'>): string => {
  const letters = [...shownName(user)];
  const name = letters.length > 40 ? `${letters.slice(0, 39).join('')}…` : letters.join('');
  return rightToLeft.test(name) ? `\u2068${name}\u2069` : name;
};

const rank: Record<Permission, number> = { view: 0, edit: 1, admin: 2 };
const say = messages.users;

/** Why who acts may not do what needs this permission; null when they may. */
export const refusalOf = ({ profile }: Acting, needs: Permission): string | null => {
  if (profile === null) return null;
  if (profile.disabled) return say.isDisabled(nameInSentence(profile));
  return rank[permissionOf[profile.role]] >= rank[needs] ? null : say.mayOnly(nameInSentence(profile), profile.role);
};

export const useRefusal = (needs: Permission): string | null => refusalOf(useActing(), needs);
