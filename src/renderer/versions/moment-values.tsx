/** What stood in the home at one moment: all of it, or only what is different now. */
import { useMemo, useState, type ReactNode } from 'react';
import { formatValue } from '../format.ts';
import { messages } from '../messages.en.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { TextInput } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { ErrorState, Loading, NoticeLine } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { PickList, settingsFirst, type PickRow } from './pick-list.tsx';
import type { Moment } from './time-slider.tsx';
import { useTitles } from './titles.ts';
import { useDifferences } from './use-differences.tsx';
import { useSettled } from './use-settled.ts';
import css from './versions-page.module.css';

const say = messages.versions;

const topics = ['settings', 'integrations', 'records', 'users', 'audit'] as const;
const firstLimit = 500;
const mostLimit = 10_000;

const standingTones = { same: 'neutral', differs: 'accent', gone: 'warn' } as const;

type Shown = { moment: Moment; prefix: string };

const Incomplete = ({ told }: { told: { incomplete?: true } | undefined }): ReactNode =>
  told?.incomplete === true ? <NoticeLine tone="warn">{messages.historyLimits.incomplete}</NoticeLine> : null;

const Everything = ({ moment, prefix }: Shown): ReactNode => {
  const titles = useTitles();
  const [limit, setLimit] = useState(firstLimit);
  const under = prefix === '' ? {} : { prefix };
  const found = useQuery('versions.at', { number: moment.number, limit, ...under }, topics);
  const rows = useMemo(
    () =>
      settingsFirst(found.data?.entries ?? []).map((entry): PickRow => ({
        kind: entry.kind,
        key: entry.key,
        title: entry.kind === 'setting' ? titles.get(entry.key) : undefined,
        pickable: entry.now !== 'same',
        body: (
          <span className={css['held']}>
            {entry.secret ? (
              <span className="muted">{say.secret}</span>
            ) : (
              <span className="mono">{formatValue(entry.value, 300)}</span>
            )}
            {entry.now === 'same' ? null : <Badge tone={standingTones[entry.now]}>{say.standing[entry.now]}</Badge>}
          </span>
        ),
      })),
    [found.data, titles],
  );
  if (found.data === null) return found.error === null ? <Loading /> : <ErrorState error={found.error} />;
  const { total } = found.data;
  return (
    <>
      <p className="small muted" role="status">
        {total === 0 ? say.nothingThere : say.shown(rows.length, total)}
      </p>
      <Incomplete told={found.data.version} />
      {rows.length === 0 ? null : (
        <PickList key={moment.number} label={say.table} rows={rows} from={{ ref: `cs:${moment.changeSet}` }} />
      )}
      {rows.length < total && limit < mostLimit ? (
        <div className={css['more']}>
          <Button onClick={() => setLimit(Math.min(mostLimit, limit * 4))}>{say.loadMore}</Button>
        </div>
      ) : null}
    </>
  );
};

const Different = ({ moment, prefix }: Shown): ReactNode => {
  const ref = `cs:${moment.changeSet}`;
  const found = useQuery('versions.diff', { a: ref, b: 'now', ...(prefix === '' ? {} : { prefix }) }, topics);
  const rows = useDifferences(found.data?.changes);
  if (found.data === null) return found.error === null ? <Loading /> : <ErrorState error={found.error} />;
  return rows.length === 0 ? (
    <>
      <Incomplete told={found.data.a} />
      <p className="muted" role="status">
        {say.same}
      </p>
    </>
  ) : (
    <>
      <p className="small muted" role="status">
        {say.differsFromNow(rows.length)}
      </p>
      <Incomplete told={found.data.a} />
      <PickList key={moment.number} label={say.differences} rows={rows} from={{ ref }} />
    </>
  );
};

const views = ['all', 'different'] as const;
type View = (typeof views)[number];

export const MomentValues = ({ moment }: { moment: Moment }): ReactNode => {
  const { query } = useRoute();
  const view: View = query['view'] === 'different' ? 'different' : 'all';
  const [prefix, setPrefix] = useState(query['under'] ?? '');
  const settled = useSettled(prefix.trim(), 250);
  return (
    <>
      <div className={css['tools']}>
        <Select<View>
          label={say.view}
          value={view}
          options={views.map((value) => ({ value, label: say.views[value] }))}
          onChange={(next) => replaceQuery({ view: next === 'all' ? '' : next })}
        />
        <TextInput
          className={css['prefix']}
          mono
          aria-label={say.prefix}
          placeholder={say.prefix}
          value={prefix}
          onChange={(text) => {
            setPrefix(text);
            replaceQuery({ under: text.trim() });
          }}
        />
      </div>
      {view === 'all' ? (
        <Everything moment={moment} prefix={settled} />
      ) : (
        <Different moment={moment} prefix={settled} />
      )}
    </>
  );
};
