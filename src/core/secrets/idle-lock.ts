/**
 * Locks the keys when nobody used them for a while. It looks every few seconds, and again before each use: a computer that
 * slept must not wake with its keys open.
 */
export type IdleLock = {
  /** The keys were used, or opened. */
  used: () => void;
  /** Locks if the time is over; true when it did. */
  check: () => boolean;
  close: () => void;
};

export type IdleLockOptions = {
  /** Null: never. Asked each time, so that a change holds at once. */
  minutes: () => number | null;
  /** Milliseconds that only go forward as long as nobody sets the clock. */
  now: () => number;
  isOpen: () => boolean;
  lock: () => void;
  /** Calls `look` now and then until the returned function is called; null for a process that does not stay. */
  every: ((look: () => void) => () => void) | null;
};

export const everyQuarterMinute = (look: () => void): (() => void) => {
  const timer = setInterval(look, 15_000).unref();
  return () => clearInterval(timer);
};

export const createIdleLock = (options: IdleLockOptions): IdleLock => {
  let usedAt = options.now();
  const check = (): boolean => {
    if (!options.isOpen()) return false;
    const minutes = options.minutes();
    const idle = options.now() - usedAt;
    // A clock that was set back must not keep the keys open for the difference.
    if (idle < 0) usedAt = options.now();
    if (minutes === null || idle < minutes * 60_000) return false;
    options.lock();
    return true;
  };
  const stop = options.every?.(() => void check()) ?? null;
  return {
    used: () => {
      usedAt = options.now();
    },
    check,
    close: () => stop?.(),
  };
};
