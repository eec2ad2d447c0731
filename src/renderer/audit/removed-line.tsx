/** One quiet line where the log ends: which entries were removed by the limits of the history, and by whom. */
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';

const say = messages.historyLimits;

export const RemovedLine = ({ last }: { last: Output<'audit.retention'>['last'] }): ReactNode =>
  last === null ? null : (
    <p className="small muted">
      {say.line(
        last.entries,
        formatWhen(last.since, new Date()),
        formatWhen(last.until, new Date()),
        formatWhen(last.at, new Date()),
        last.actor,
      )}
    </p>
  );
