/** One old -> new as people read it: word by word where that helps, words only where the value is secret. */
import type { ReactNode } from 'react';
import type { JsonValue } from '../../contract/json.ts';
import { wordDiff } from '../audit/word-diff.ts';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { cx } from '../ui/cx.ts';
import css from './change-diff.module.css';

export type DiffProps = {
  action: string;
  old: JsonValue;
  new: JsonValue;
  secret: boolean;
  set?: boolean | undefined;
  same?: boolean | undefined;
  /** Of a removed value: the default that shows from then on. */
  fallback?: JsonValue | undefined;
  /** Characters after which a value is cut; the full one stands where a change is opened. */
  limit?: number;
};

const secretWords = ({ action, set, same }: DiffProps): string => {
  const say = messages.change;
  if (same === true) return say.secretSame;
  if (action === 'delete' || set === false) return say.secretRemoved;
  return action === 'create' ? say.secretSet : say.secretChanged;
};

const Old = ({ children }: { children: ReactNode }): ReactNode => (
  <del className={cx('mono', css['old'])}>
    <span className="visually-hidden">{messages.ui.old}: </span>
    {children}
  </del>
);

const New = ({ children }: { children: ReactNode }): ReactNode => (
  <ins className={cx('mono', css['new'])}>
    <span className="visually-hidden">{messages.ui.new}: </span>
    {children}
  </ins>
);

export const ChangeDiff = (props: DiffProps): ReactNode => {
  const { action, secret, limit = 400 } = props;
  if (secret) return <span className="muted">{secretWords(props)}</span>;
  if (action === 'create') return <New>{formatValue(props.new, limit)}</New>;
  if (action === 'delete')
    return (
      <span className={css['pair']}>
        <Old>{formatValue(props.old, limit)}</Old>
        {props.fallback === undefined ? null : (
          <>
            {' '}
            <New>{messages.change.backToDefault(formatValue(props.fallback, limit))}</New>
          </>
        )}
      </span>
    );
  const pieces = wordDiff(props.old, props.new);
  if (pieces !== null && pieces.reduce((sum, piece) => sum + piece.text.length, 0) <= limit) {
    return (
      <span className="mono">
        {pieces.map((piece, index) =>
          piece.kind === 'same' ? (
            <span key={index}>{piece.text}</span>
          ) : piece.kind === 'old' ? (
            <Old key={index}>{piece.text}</Old>
          ) : (
            <New key={index}>{piece.text}</New>
          ),
        )}
      </span>
    );
  }
  return (
    <span className={css['pair']}>
      <Old>{formatValue(props.old, limit)}</Old> <New>{formatValue(props.new, limit)}</New>
    </span>
  );
};
