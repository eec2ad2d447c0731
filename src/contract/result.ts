/**
 * The answer every command gives through every door: a value, or an error that is a plain object.
 * Nothing expected is ever thrown across a door.
 */
import type { HoldfastError } from './errors.ts';

export type Ok<T> = { readonly ok: true; readonly data: T };
export type Failure = { readonly ok: false; readonly error: HoldfastError };
export type Result<T> = Ok<T> | Failure;

export const ok = <T>(data: T): Ok<T> => ({ ok: true, data });
export const fail = (error: HoldfastError): Failure => ({ ok: false, error });
