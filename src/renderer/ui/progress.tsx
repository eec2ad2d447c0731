/** How far a job is: the step in words, a bar, percent where known. */
import { Progress as Base } from '@base-ui/react/progress';
import type { ReactNode } from 'react';
import css from './progress.module.css';

export const Progress = ({ label, percent }: { label: string; percent: number | null }): ReactNode => (
  <Base.Root value={percent}>
    <div className={css['row']}>
      <Base.Label render={<span />}>{label}</Base.Label>
      <span className="small muted">{percent === null ? '' : `${String(Math.round(percent))} %`}</span>
    </div>
    <Base.Track className={css['track']}>
      <Base.Indicator className={css['bar']} />
    </Base.Track>
  </Base.Root>
);
