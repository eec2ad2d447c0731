/** Several changes under each other, with the setting's name where it is known. */
import type { ReactNode } from 'react';
import { ChangeDiff, type DiffProps } from './change-diff.tsx';
import css from './change-list.module.css';

export type ListedChange = DiffProps & { key: string; title?: string | undefined; note?: string | undefined };

export const ChangeList = ({ changes, label }: { changes: readonly ListedChange[]; label?: string }): ReactNode => (
  <ul className={css['list']} aria-label={label}>
    {changes.map(({ key, title, note, ...diff }) => (
      <li key={key} className={css['change']}>
        <div>
          {title === undefined ? null : <span className={css['title']}>{title}</span>}
          <span className="mono muted">{key}</span>
          {note === undefined ? null : <span className={css['note']}>{note}</span>}
        </div>
        <div>
          <ChangeDiff {...diff} />
        </div>
      </li>
    ))}
  </ul>
);
