/** One metric over time: its mean as a line, least to most as a band; or the table that says the same. */
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { formatWhen } from '../format.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { When } from '../ui/time.tsx';
import css from './line-chart.module.css';
import { bandPath, formatNumber, linePath, place, scaleOf, yOf } from './scale.ts';

const say = messages.metrics;
const width = 480;
const height = 160;
const box = { left: 44, right: 472, top: 8, bottom: 136 };
/** Above this many a mark for each would be a second line. */
const mostDots = 40;

type Series = Output<'metrics.series'>;

export const LineChart = ({ series }: { series: Series }): ReactNode => {
  const scale = scaleOf(series.points);
  const placed = place(series.points, series, scale, box);
  return (
    <svg
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      className={css['chart']}
      role="img"
      aria-label={say.chart(series.name, series.points.length)}
    >
      {scale.marks.map((mark) => {
        const y = yOf(mark, scale, box);
        return (
          <g key={mark}>
            <line x1={box.left} x2={box.right} y1={y} y2={y} className={css['grid']} />
            <text x={box.left - 6} y={y + 3.5} textAnchor="end" className={css['label']}>
              {formatNumber(mark)}
            </text>
          </g>
        );
      })}
      <path d={bandPath(placed)} className={css['band']} />
      <path d={linePath(placed)} className={css['line']} />
      {placed.map(({ x, y, point }) => (
        <circle
          key={point.at}
          cx={x}
          cy={y}
          r={placed.length > mostDots ? 4 : 2.5}
          className={css[placed.length > mostDots ? 'target' : 'dot']}
        >
          <title>{say.point(formatWhen(point.at, new Date()), formatNumber(point.mean), point.count)}</title>
        </circle>
      ))}
      <text x={box.left} y={154} className={css['label']}>
        {formatWhen(series.since, new Date())}
      </text>
      <text x={box.right} y={154} textAnchor="end" className={css['label']}>
        {say.now}
      </text>
    </svg>
  );
};

export const SeriesTable = ({ series }: { series: Series }): ReactNode => (
  <div className={css['table']} tabIndex={0} role="region" aria-label={say.table(series.name)}>
    <table>
      <thead>
        <tr>
          {[say.time, say.mean, say.least, say.most, say.howMany].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...series.points].reverse().map((point) => (
          <tr key={point.at}>
            <th scope="row">
              <When at={point.at} />
            </th>
            <td>{formatNumber(point.mean)}</td>
            <td>{formatNumber(point.min)}</td>
            <td>{formatNumber(point.max)}</td>
            <td>{count(point.count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
