/** Which frame may talk to the core. Pure of Electron, so that every kind of stranger is tested. */

export const bundleOrigin = 'app://bundle';

/** The part of a WebFrameMain that tells who is asking. */
export type Sender = { readonly parent: unknown; readonly origin: string } | null;

/** Only the top frame of our own page; a frame that is gone already, an iframe or another origin never. */
export const isOurFrame = (frame: Sender, origin: string): boolean =>
  frame !== null && frame.parent === null && frame.origin === origin;
