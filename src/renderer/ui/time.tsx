/** A point in time as people say it, the whole date on hover and for machines. */
import type { ReactNode } from 'react';
import { formatAbsolute, formatWhen } from '../format.ts';

export const When = ({ at, seconds = false }: { at: string; seconds?: boolean }): ReactNode => (
  <time dateTime={at} title={formatAbsolute(at)}>
    {formatWhen(at, new Date(), { seconds })}
  </time>
);
