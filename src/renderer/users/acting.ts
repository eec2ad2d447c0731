/** Who this session acts as, and what that may do, for everything inside the frame. The core decides; screens only say so first. */
import { createContext, useContext } from 'react';
import type { Permission } from '../../contract/command.ts';
import { mayAs, type UserView } from '../../contract/users.ts';
import { messages } from '../messages.en.ts';

export type Acting = {
  name: string;
  /** Null: the name has no profile. */
  profile: UserView | null;
  users: readonly UserView[];
  /** The profile that this session chose was removed: until it chooses again it may do nothing. */
  gone: boolean;
};

const ActingContext = createContext<Acting>({ name: '', profile: null, users: [], gone: false });
export const ActingContextProvider = ActingContext.Provider;

export const useActing = (): Acting => useContext(ActingContext);

export const actingOf = (users: readonly UserView[], name: string, gone = false): Acting => ({
  name,
  profile: users.find((one) => one.name === name) ?? null,
  users,
  gone,
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

const say = messages.users;

/** Why who acts may not do what needs this permission; null when they may. */
export const refusalOf = ({ name, profile, gone }: Acting, needs: Permission): string | null => {
  if (gone) return say.isGone(nameInSentence({ name, displayName: null }));
  if (profile === null || mayAs(profile, needs)) return null;
  const shown = nameInSentence(profile);
  return profile.disabled ? say.isDisabled(shown) : say.mayOnly(shown, profile.role);
};
