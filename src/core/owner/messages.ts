/**
 * What owner and client say to each other, in order: the owner's `alive` (sent on connect, also while it still opens the
 * store), both sides' `hello`, calls and answers, and `bye` when the owner ends in good order. Bump `protocolVersion` when an older side could misread a change.
 */
import Type, { type Static } from 'typebox';
import type { HoldfastEvent } from '../../contract/events.ts';
import type { HoldfastError } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import type { Door } from '../context.ts';

/** Who speaks, and about which home and store. Extra fields of a newer version are allowed. */
export const Hello = Type.Object({
  appVersion: Type.String(),
  protocolVersion: Type.Integer(),
  /** Of its build (contract/build.ts); builds from before there was one say nothing. */
  contract: Type.Optional(Type.String()),
  /** Null before there is a store, and for a client that has not opened it. */
  storeId: Type.Union([Type.String(), Type.Null()]),
  /** Absolute real path of the home. */
  homeDir: Type.String(),
});
export type Hello = Static<typeof Hello>;

/** One could misread what the other says. */
export const versionDiffers = (ours: Hello, theirs: Hello): boolean =>
  ours.protocolVersion !== theirs.protocolVersion || ours.contract !== theirs.contract;

const Actor = Type.Object({
  user: Type.String(),
  role: Type.Union([Type.Literal('view'), Type.Literal('edit'), Type.Literal('admin')]),
  door: Type.Unsafe<Door>({
    type: 'string',
    enum: ['window', 'browser', 'cli', 'wizard', 'migration', 'restore', 'api'] satisfies Door[],
  }),
  session: Type.String(),
  chosen: Type.Optional(Type.Boolean()),
});

const Credential = Type.Union([
  Type.Object({ passphrase: Type.String() }),
  Type.Object({ recoveryCode: Type.String() }),
  Type.Null(),
]);

export const ClientMessage = Type.Union([
  Type.Object({ type: Type.Literal('hello'), hello: Hello }),
  Type.Object({
    type: Type.Literal('call'),
    id: Type.Integer(),
    name: Type.String(),
    input: Type.Unknown(),
    actor: Actor,
    credential: Credential,
    jobId: Type.Optional(Type.String()),
  }),
  Type.Object({ type: Type.Literal('cancel'), jobId: Type.String() }),
  Type.Object({
    type: Type.Literal('file'),
    id: Type.Integer(),
    session: Type.String(),
    path: Type.String(),
    name: Type.String(),
    use: Type.Union([Type.Literal('read'), Type.Literal('write')]),
  }),
]);
export type ClientMessage = Static<typeof ClientMessage>;

export const OwnerMessage = Type.Union([
  Type.Object({ type: Type.Literal('alive') }),
  Type.Object({ type: Type.Literal('hello'), hello: Hello }),
  Type.Object({ type: Type.Literal('refuse'), error: Type.Unsafe<HoldfastError>({ type: 'object' }) }),
  Type.Object({
    type: Type.Literal('answer'),
    id: Type.Integer(),
    result: Type.Unsafe<Result<unknown>>({ type: 'object' }),
  }),
  Type.Object({ type: Type.Literal('event'), event: Type.Unsafe<HoldfastEvent>({ type: 'object' }) }),
  /** Everything up to the client's message `lastId` was answered; nothing after it was looked at. */
  Type.Object({ type: Type.Literal('bye'), lastId: Type.Integer() }),
]);
export type OwnerMessage = Static<typeof OwnerMessage>;
