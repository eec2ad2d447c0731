/**
 * A text that must not be printed: passphrases, recovery codes. It shows as `***` wherever it is logged, inspected,
 * concatenated or turned into JSON; `reveal` is the one way to the text. It must never gain an enumerable field.
 */
import { inspect } from 'node:util';

export type Secret = { readonly reveal: () => string; readonly toString: () => string };

const mask = (): string => '***';

/** Gives any object the three ways of printing as `***`; used for secrets and for unlocked keys. */
export const printAsMask = <T extends object>(target: T): T => {
  for (const name of ['toString', 'toJSON', inspect.custom, Symbol.toPrimitive]) {
    Object.defineProperty(target, name, { value: mask, enumerable: false });
  }
  return Object.freeze(target);
};

export const createSecret = (text: string): Secret => {
  const secret = Object.defineProperty({}, 'reveal', { value: () => text, enumerable: false }) as Secret;
  return printAsMask(secret);
};
