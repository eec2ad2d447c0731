/** Measured numbers: a chart for each name in a time window, with its last, mean, least and most. */
import { ChartLine, Eraser } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { MetricStats } from '../../contract/metrics.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { CommandLine } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Select } from '../ui/select.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { When } from '../ui/time.tsx';
import { toast, toastError } from '../ui/toast.tsx';
import { useCall } from '../unlock-request.ts';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { LineChart, SeriesTable } from './line-chart.tsx';
import css from './metrics-page.module.css';
import { formatNumber } from './scale.ts';

const say = messages.metrics;
const windows = ['1', '24', '168', '720', '2160'] as const;
const firstShown = 12;

const Figure = ({ label, value, unit }: { label: string; value: number; unit: string | null }): ReactNode => (
  <div>
    <dt className="small muted">{label}</dt>
    <dd>
      {formatNumber(value)}
      {unit === null ? '' : <span className="small muted"> {unit}</span>}
    </dd>
  </div>
);

const MetricCard = ({ stats, hours }: { stats: MetricStats; hours: number }): ReactNode => {
  const [asTable, setAsTable] = useState(false);
  const series = useQuery('metrics.series', { name: stats.name, hours, points: 120 }, ['metrics']);
  const { unit } = stats;
  return (
    <Card
      title={stats.name}
      aside={
        <Button variant="link" onClick={() => setAsTable(!asTable)}>
          {asTable ? messages.ui.hideTable : messages.ui.showTable}
        </Button>
      }
    >
      <dl className={css['figures']}>
        <Figure label={say.last} value={stats.last} unit={unit} />
        <Figure label={say.mean} value={stats.mean} unit={unit} />
        <Figure label={say.least} value={stats.min} unit={unit} />
        <Figure label={say.most} value={stats.max} unit={unit} />
      </dl>
      {series.data === null ? (
        series.error === null ? (
          <Loading />
        ) : (
          <ErrorState error={series.error} onRetry={() => void series.reload()} />
        )
      ) : asTable ? (
        <SeriesTable series={series.data} />
      ) : (
        <LineChart series={series.data} />
      )}
      <p className="small muted">
        {say.numbers(stats.count)} · {say.last.toLowerCase()} <When at={stats.lastAt} />
      </p>
    </Card>
  );
};

const Prune = (): ReactNode => {
  const call = useCall();
  const [old, setOld] = useState<number | null>(null);
  const ask = async (): Promise<void> => {
    const answer = await call('metrics.prune', { dryRun: true });
    if (answer.ok) setOld(answer.data.removed);
    else toastError(answer.error);
  };
  const prune = async (): Promise<void> => {
    setOld(null);
    const answer = await call('metrics.prune', {});
    if (answer.ok) toast({ title: say.pruned(answer.data.removed) });
    else toastError(answer.error);
  };
  return (
    <>
      <Button icon={Eraser} command="metrics.prune" onClick={() => void ask()}>
        {say.prune}
      </Button>
      <Dialog
        open={old !== null}
        onClose={() => setOld(null)}
        title={say.pruneTitle}
        footer={
          <>
            <Button onClick={() => setOld(null)}>{messages.ui.cancel}</Button>
            {old === 0 ? null : (
              <Button variant="danger" onClick={() => void prune()}>
                {say.pruneDo}
              </Button>
            )}
          </>
        }
      >
        <p>{say.pruneText(old ?? 0)}</p>
      </Dialog>
    </>
  );
};

export const MetricsPage = (): ReactNode => {
  const { query } = useRoute();
  const hours = windows.find((one) => one === query['hours']) ?? '24';
  const [more, setMore] = useState(false);
  const found = useQuery('metrics.stats', { hours: Number(hours) }, ['metrics']);
  const ever = useQuery('metrics.stats', {}, ['metrics'], { skip: found.data === null || found.data.stats.length > 0 });
  const all = found.data?.stats ?? [];
  const none = all.length === 0;
  const body = (): ReactNode => {
    if (found.data === null)
      return found.error === null ? (
        <Loading />
      ) : (
        <ErrorState error={found.error} onRetry={() => void found.reload()} />
      );
    if (none && (ever.data?.stats.length ?? 0) > 0)
      return <Empty icon={ChartLine} title={say.noneTitle} text={say.none} />;
    if (none) {
      return (
        <Empty icon={ChartLine} title={say.emptyTitle} text={say.empty}>
          <CommandLine command={say.example} />
        </Empty>
      );
    }
    const shown = more ? all : all.slice(0, firstShown);
    return (
      <>
        <div className={css['cards']}>
          {shown.map((stats) => (
            <MetricCard key={stats.name} stats={stats} hours={Number(hours)} />
          ))}
        </div>
        {shown.length === all.length ? null : (
          <div className={css['foot']}>
            <Button onClick={() => setMore(true)}>{say.more}</Button>
          </div>
        )}
      </>
    );
  };
  return (
    <Page
      title={say.title}
      command={`holdfast metric stats --hours ${hours}`}
      {...(none ? {} : { subtitle: say.subtitle(all.reduce((sum, one) => sum + one.count, 0)) })}
      actions={
        <>
          <Prune />
          <Select
            label={say.window}
            value={hours}
            options={windows.map((value) => ({ value, label: say.windows[value] ?? value }))}
            onChange={(value) => replaceQuery({ hours: value === '24' ? '' : value })}
          />
        </>
      }
    >
      {body()}
    </Page>
  );
};
