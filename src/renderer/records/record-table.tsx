/** The records of a collection as a dense table: id, the collection's columns, last change, expiry. */
import type { ReactNode } from 'react';
import type { JsonValue } from '../../contract/json.ts';
import type { RecordView } from '../../contract/records.ts';
import { formatValue, formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { cx } from '../ui/cx.ts';
import { Card } from '../ui/page.tsx';
import { moveAmongRows } from '../ui/row-keys.ts';
import { When } from '../ui/time.tsx';
import { VirtualRows } from '../ui/virtual-rows.tsx';
import css from './record-table.module.css';

const say = messages.records;

const memberOf = (data: JsonValue, name: string): JsonValue | undefined =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && Object.hasOwn(data, name)
    ? data[name]
    : undefined;

const cellText = (value: JsonValue | undefined): string => {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : formatValue(value, 80);
};

/** When it expires or expired, in words. */
export const expiryWords = (record: RecordView): string =>
  record.expiresAt === null
    ? say.never
    : record.expired
      ? say.expiredAt(formatWhen(record.expiresAt, new Date()))
      : say.expiresAt(formatWhen(record.expiresAt, new Date()));

/** True where a record expires or does not fit: only then the last column has something to say. */
const hasState = ({ expiresAt, problems }: RecordView): boolean => expiresAt !== null || problems.length > 0;

type RowProps = {
  record: RecordView;
  columns: readonly string[];
  states: boolean;
  index: number;
  onOpen: (id: string) => void;
};

const Row = ({ record, columns, states, index, onOpen }: RowProps): ReactNode => (
  <div
    role="row"
    aria-rowindex={index + 2}
    className={css['row']}
    data-columns={columns.length}
    data-states={states ? '' : undefined}
    data-expired={record.expired ? '' : undefined}
  >
    <span role="cell">
      <button type="button" data-open="" className={css['id']} title={record.id} onClick={() => onOpen(record.id)}>
        {record.id}
      </button>
    </span>
    {columns.map((name, i) => {
      const text = cellText(memberOf(record.data, name));
      return (
        <span key={name} role="cell" className={cx(css['cell'], i > 0 && css['extra'])} title={text}>
          {text}
        </span>
      );
    })}
    <span role="cell" className={css['when']}>
      <When at={record.updatedAt} />
    </span>
    {states ? (
      <span role="cell" className={cx(css['state'], css['extra'])}>
        {record.expiresAt === null ? null : (
          <span className={record.expired ? css['past'] : 'muted'}>{expiryWords(record)}</span>
        )}
        {record.problems.length === 0 ? null : (
          <Badge tone="warn" title={record.problems.map(({ field, problem }) => `${field} ${problem}`).join('\n')}>
            {say.doesNotFit}
          </Badge>
        )}
      </span>
    ) : null}
  </div>
);

type Props = {
  records: readonly RecordView[];
  columns: readonly string[];
  titles: { readonly [name: string]: string };
  label: string;
  onOpen: (id: string) => void;
  onEnd: () => void;
};

export const RecordTable = ({ records, columns, titles, label, onOpen, onEnd }: Props): ReactNode => {
  const states = records.some(hasState);
  return (
    <Card flush className={css['card']}>
      <div role="table" aria-label={label} aria-rowcount={-1} onKeyDown={moveAmongRows}>
        <div role="rowgroup">
          <div
            role="row"
            aria-rowindex={1}
            className={css['header']}
            data-columns={columns.length}
            data-states={states ? '' : undefined}
          >
            <span role="columnheader">{say.id}</span>
            {columns.map((name, i) => (
              <span key={name} role="columnheader" className={cx(i > 0 && css['extra'])} title={titles[name] ?? name}>
                {titles[name] ?? name}
              </span>
            ))}
            <span role="columnheader">{say.changed}</span>
            {states ? (
              <span role="columnheader" className={css['extra']}>
                {say.expires}
              </span>
            ) : null}
          </div>
        </div>
        <VirtualRows
          role="rowgroup"
          count={records.length}
          estimate={33}
          threshold={100}
          onEnd={onEnd}
          keyOf={(index) => records[index]?.id ?? String(index)}
          row={(index) => {
            const record = records[index];
            return record === undefined ? null : (
              <Row record={record} columns={columns} states={states} index={index} onOpen={onOpen} />
            );
          }}
        />
      </div>
    </Card>
  );
};
