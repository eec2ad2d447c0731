/** A change on trial: what the versions and the home's status both tell of it. */
import { Time, Type, type Static } from './command.ts';

export const Trial = Type.Object({
  changeSet: Type.String(),
  until: Time,
  keys: Type.Array(Type.String()),
  actor: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
});
export type Trial = Static<typeof Trial>;
