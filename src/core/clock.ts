/** Time, ids and randomness come from here and are passed in, so that tests are exact and the journal can replay. */
import { randomBytes } from 'node:crypto';

export type Clock = {
  /** ISO 8601 UTC with milliseconds. */
  now: () => string;
  /** 20 characters, URL-safe, random. */
  newId: () => string;
};

export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  newId: () => randomBytes(15).toString('base64url'),
};
