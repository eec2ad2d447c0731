/**
 * Critical settings want a reason. In a terminal `--reason` may be left out (scripts were written before a setting became
 * critical): a person is asked once more, and the log then says that no reason was given.
 */
import { fail, type Result } from '../contract/result.ts';
import type { Session } from './session.ts';

const unsaid = 'Changed in a terminal, no reason given';

const wantsReason = (result: Result<unknown>): boolean =>
  !result.ok && result.error.type === 'InputInvalid' && result.error.field === 'reason';

/** `call` gets the reason to send. The second call is made only when the first was refused for want of one. */
export const withReason = async <T>(
  session: Session,
  call: (reason: { reason?: string }) => Promise<Result<T>>,
): Promise<Result<T>> => {
  const given = session.reason();
  const first = await call(given);
  if (given.reason !== undefined || !wantsReason(first)) return first;
  if (session.io.interactive && !(await session.io.prompts.confirm('This is critical. Change it?')))
    return fail({ type: 'Cancelled', what: 'The change' });
  return call({ reason: unsaid });
};
