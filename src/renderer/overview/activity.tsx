/** Change sets per day as bars, or as the table that says the same. */
import { useState, type ReactNode } from 'react';
import { formatDay } from '../format.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { formatRoute } from '../route.ts';
import { Button } from '../ui/button.tsx';
import { Card } from '../ui/page.tsx';
import css from './activity.module.css';
import { fillDays, type Day } from './days.ts';

const say = messages.overview;
const width = 480;
const height = 144;
const base = 124;

const Chart = ({ days }: { days: readonly Day[] }): ReactNode => {
  const most = Math.max(1, ...days.map((one) => one.changeSets));
  const step = width / days.length;
  const total = days.reduce((sum, one) => sum + one.changeSets, 0);
  const labels = [0, Math.floor(days.length / 2)].map((index) => ({
    index,
    text: formatDay(days[index]?.day ?? '2000-01-01'),
  }));
  return (
    <svg
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      className={css['chart']}
      role="img"
      aria-label={say.chartLabel(total)}
    >
      {days.map((one, index) => {
        const bar = one.changeSets === 0 ? 1.5 : Math.max(4, (one.changeSets / most) * (base - 4));
        return (
          <rect
            key={one.day}
            x={index * step + 2}
            y={base - bar}
            width={step - 4}
            height={bar}
            rx={2}
            className={one.changeSets === 0 ? css['none'] : css['bar']}
          >
            <title>{say.bar(formatDay(one.day), one.changeSets)}</title>
          </rect>
        );
      })}
      <line x1={0} x2={width} y1={base + 0.5} y2={base + 0.5} className={css['axis']} />
      {labels.map(({ index, text }) => (
        <text key={index} x={index * step + 2} y={140} className={css['label']}>
          {text}
        </text>
      ))}
      <text x={width - 2} y={140} textAnchor="end" className={css['label']}>
        {say.today30}
      </text>
    </svg>
  );
};

const Table = ({ days }: { days: readonly Day[] }): ReactNode => (
  <div className={css['table']} tabIndex={0} role="region" aria-label={say.activity}>
    <table>
      <thead>
        <tr>
          <th scope="col">{say.day}</th>
          <th scope="col">{say.perDay}</th>
        </tr>
      </thead>
      <tbody>
        {[...days].reverse().map((one) => (
          <tr key={one.day}>
            <th scope="row">{formatDay(one.day)}</th>
            <td>{count(one.changeSets)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const Activity = ({ days }: { days: readonly Day[] }): ReactNode => {
  const [asTable, setAsTable] = useState(false);
  const filled = fillDays(days, new Date(), 30);
  return (
    <Card
      title={say.activity}
      aside={
        <span className={css['aside']}>
          <Button variant="link" onClick={() => setAsTable(!asTable)}>
            {asTable ? messages.ui.hideTable : messages.ui.showTable}
          </Button>
          <a className="small" href={formatRoute('audit')}>
            {say.openAudit}
          </a>
        </span>
      }
    >
      {asTable ? <Table days={filled} /> : <Chart days={filled} />}
    </Card>
  );
};
