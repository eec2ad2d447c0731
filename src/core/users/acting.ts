/**
 * Which profile each session of this door acts as. Ends with the session, and with the home that the profiles are of; not
 * with the profile: a session whose profile was removed has no rights until its person chooses again (roles.ts).
 */
import type { AppCall } from '../app-types.ts';
import type { Result } from '../../contract/result.ts';

export type Acting = {
  /** The call in the name of who its session acts as. */
  as: (call: AppCall) => AppCall;
  /** Takes in a `user.switch` that was answered well. True when somebody else acts from now on. */
  note: (call: AppCall, result: Result<unknown>) => boolean;
  drop: (session: string) => void;
  clear: () => void;
};

export const createActing = (): Acting => {
  const chosen = new Map<string, string>();
  return {
    as: (call) => {
      const user = chosen.get(call.actor.session);
      return user === undefined ? call : { ...call, actor: { ...call.actor, user, chosen: true } };
    },
    note: (call, result) => {
      if (call.name !== 'user.switch' || !result.ok) return false;
      // Its output is checked against the contract before it gets here.
      const { name } = result.data as { name: string | null };
      if (name === null) chosen.delete(call.actor.session);
      else chosen.set(call.actor.session, name);
      return true;
    },
    drop: (session) => {
      chosen.delete(session);
    },
    clear: () => chosen.clear(),
  };
};
