/** The integrations: types at the side with their counts, the integrations as a table, one in a dialog with its test. */
import { Plug, Plus, SearchX } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { Integration, IntegrationType } from '../../contract/integrations.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { formatRoute } from '../route.ts';
import categories from '../settings/category-list.module.css';
import layout from '../settings/settings-page.module.css';
import { Button } from '../ui/button.tsx';
import { SearchInput } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { CopyDialog, TypeDialog } from './add-dialog.tsx';
import { freeId } from './draft.ts';
import { IntegrationDialog, type Opened } from './integration-dialog.tsx';
import { IntegrationTable } from './integration-table.tsx';
import css from './integrations-page.module.css';
import { useIntegrations } from './use-integrations.ts';

const say = messages.integrations;
type Counts = Output<'integration.counts'>;

const TypeList = ({ counts, current }: { counts: Counts; current: string }): ReactNode => (
  <nav aria-label={say.types} className={categories['list']}>
    {[{ type: '', title: say.all, total: counts.total, enabled: counts.enabled }, ...counts.types].map((one) => (
      <a
        key={one.type}
        className={categories['item']}
        href={formatRoute('integrations', { type: one.type })}
        aria-current={one.type === current ? 'true' : undefined}
        data-none={one.enabled === 0 ? '' : undefined}
      >
        <span className={categories['title']}>{one.title}</span>
        <span className={categories['count']} title={say.enabledOf(one.enabled, one.total)}>
          {`${count(one.enabled)}/${count(one.total)}`}
        </span>
      </a>
    ))}
  </nav>
);

/** What stands over the page. `at` makes a form that was opened again a new one. */
type Over =
  { kind: 'pick' } | { kind: 'copy'; from: Integration } | { kind: 'form'; opened: Opened; at: number } | null;

const useHome = () => {
  const topics = ['integrations', 'migration', 'status'] as const;
  const list = useQuery('integration.list', {}, topics);
  const known = useQuery('integration.types', {}, topics);
  const counts = useQuery('integration.counts', {}, topics);
  const error = list.error ?? known.error ?? counts.error;
  const reload = (): void => void Promise.all([list.reload(), known.reload(), counts.reload()]);
  const ready = list.data !== null && known.data !== null && counts.data !== null;
  return {
    all: list.data?.integrations ?? [],
    types: known.data?.types ?? [],
    counts: counts.data,
    error,
    reload,
    ready,
  };
};

const shownOf = (all: readonly Integration[], type: string, text: string, titleOf: (type: string) => string) =>
  all.filter(
    (one) =>
      (type === '' || one.type === type) &&
      `${one.id} ${one.name} ${one.type} ${titleOf(one.type)}`.toLowerCase().includes(text.trim().toLowerCase()),
  );

export const IntegrationsPage = (): ReactNode => {
  const { query } = useRoute();
  const { all, types, counts, error, reload, ready } = useHome();
  const actions = useIntegrations();
  const [over, setOver] = useState<Over>(null);
  const close = (): void => setOver(null);
  const open = (opened: Opened): void =>
    setOver((before) => ({ kind: 'form', opened, at: before?.kind === 'form' ? before.at + 1 : 0 }));
  const titleOf = (type: string): string => types.find((one) => one.id === type)?.title ?? type;
  const ids = all.map((one) => one.id);
  const pick = (type: IntegrationType): void => open({ type, id: freeId(type.id, ids) });
  const remove = async (one: Integration): Promise<void> => {
    if (await actions.remove(one.id, one.name)) close();
  };
  const type = counts?.types.some((one) => one.type === query['type']) === true ? (query['type'] ?? '') : '';
  const shown = shownOf(all, type, query['q'] ?? '', titleOf);
  const body = (): ReactNode => {
    if (error !== null && !ready) return <ErrorState error={error} onRetry={reload} />;
    if (!ready || counts === null) return <Loading />;
    if (all.length === 0)
      return (
        <Empty icon={Plug} title={say.emptyTitle} text={types.length === 0 ? say.emptyUntyped : say.empty}>
          {types.length === 0 ? null : (
            <Button icon={Plus} variant="primary" command="integration.apply" onClick={() => setOver({ kind: 'pick' })}>
              {say.addOne}
            </Button>
          )}
        </Empty>
      );
    return (
      <div className={layout['columns']}>
        <TypeList counts={counts} current={type} />
        <div className={layout['list']}>
          <div className={css['filters']}>
            <SearchInput
              className={css['search']}
              label={say.search}
              placeholder={say.search}
              value={query['q'] ?? ''}
              onChange={(q) => replaceQuery({ q })}
            />
            <span className="small muted" role="status">
              {say.shown(shown.length)}
            </span>
          </div>
          {shown.length === 0 ? (
            <Empty icon={SearchX} title={say.noMatch} text={say.noMatchText} />
          ) : (
            <IntegrationTable
              all={shown}
              titleOf={titleOf}
              onOpen={(integration) => open({ integration })}
              onTurn={(one, enabled) => void actions.turn(one.id, one.name, enabled)}
              onDuplicate={(from) => setOver({ kind: 'copy', from })}
              onRemove={(one) => void remove(one)}
            />
          )}
        </div>
      </div>
    );
  };
  /** The form keeps what it was opened with; the last test it shows is the newest. */
  const current = (opened: Opened): Opened => {
    if (!('integration' in opened)) return opened;
    const now = all.find((one) => one.id === opened.integration.id);
    return { integration: { ...opened.integration, lastTest: now?.lastTest ?? null } };
  };
  return (
    <Page
      title={say.title}
      command="holdfast integration list"
      {...(all.length === 0 ? {} : { subtitle: say.subtitle(all.length, all.filter((one) => one.enabled).length) })}
      {...(all.length === 0 || types.length === 0
        ? {}
        : {
            actions: (
              <Button icon={Plus} command="integration.apply" onClick={() => setOver({ kind: 'pick' })}>
                {say.addOne}
              </Button>
            ),
          })}
    >
      {body()}
      {over?.kind === 'pick' ? (
        <TypeDialog types={types} used={new Set(all.map((one) => one.type))} onPick={pick} onClose={close} />
      ) : null}
      {over?.kind === 'copy' ? (
        <CopyDialog from={over.from} taken={ids} duplicate={actions.duplicate} onClose={close} />
      ) : null}
      {over?.kind === 'form' ? (
        <IntegrationDialog
          key={over.at}
          opened={current(over.opened)}
          typeTitle={titleOf('integration' in over.opened ? over.opened.integration.type : over.opened.type.id)}
          actions={actions}
          onClose={close}
          onDuplicate={(id) => {
            const from = all.find((one) => one.id === id);
            if (from !== undefined) setOver({ kind: 'copy', from });
          }}
          onRemove={(one) => void remove(one)}
          onReload={() => {
            const id = 'integration' in over.opened ? over.opened.integration.id : '';
            const integration = all.find((one) => one.id === id);
            if (integration === undefined) close();
            else open({ integration });
          }}
        />
      ) : null}
    </Page>
  );
};
