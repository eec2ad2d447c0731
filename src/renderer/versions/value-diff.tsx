/** One value, then and now; of a group or list only the fields that differ. */
import type { ReactNode } from 'react';
import { ChangeDiff, type DiffProps } from '../change/change-diff.tsx';
import { messages } from '../messages.en.ts';
import { fieldChanges } from './structured.ts';
import css from './versions-page.module.css';

/** More fields than this are counted. */
const drawn = 50;

export const ValueDiff = (props: DiffProps): ReactNode => {
  // Fingerprints of another store, or of files while the keys are locked, say nothing.
  if (props.secret && props.action === 'update' && props.same === undefined)
    return <span className="muted">{messages.versions.secretUnknown}</span>;
  const fields = props.secret || props.action !== 'update' ? null : fieldChanges(props.old, props.new);
  if (fields === null || fields.length === 0) return <ChangeDiff {...props} />;
  return (
    <ul className={css['fields']}>
      {fields.slice(0, drawn).map((field) => (
        <li key={field.path}>
          <span className="mono muted">{field.path}</span> <ChangeDiff {...field} secret={false} limit={200} />
        </li>
      ))}
      {fields.length > drawn ? (
        <li className="muted">{messages.versions.bringBack.more(fields.length - drawn)}</li>
      ) : null}
    </ul>
  );
};
