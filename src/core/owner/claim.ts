/** Becomes the owner of a home or a client of its owner, whichever is possible: what every process does first. */
import { ok, type Result } from '../../contract/result.ts';
import { connectOwner, type ConnectOptions, type OwnerClient } from './connect.ts';
import { acquireLock, storeLocked, type Lock, type LockOptions } from './lock.ts';
import type { Hello } from './messages.ts';

export type Claimed = { held: true; lock: Lock } | { held: false; client: OwnerClient };

/** An owner may end between being found and being asked; then the lock is tried again. */
export const claimHome = async (options: LockOptions & ConnectOptions, hello: Hello): Promise<Result<Claimed>> => {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const acquired = await acquireLock(options);
    if (!acquired.ok) return acquired;
    if (acquired.data.held) return ok(acquired.data);
    const connected = await connectOwner(acquired.data.owner, hello, options);
    if (connected.ok) return ok({ held: false, client: connected.data });
    if (connected.error.type !== 'NotFound') return connected;
  }
  return storeLocked({ pid: 0, host: 'this host', since: options.now() }, 'other processes keep taking and leaving it');
};
