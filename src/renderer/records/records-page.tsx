/** The records: collections at the side, one of them as a table, one record in a dialog. What is shown stands in the address. */
import { Library, Plus, SearchX, TimerOff } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import type { Input } from '../../contract/commands.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { CollectionView } from '../../contract/records.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { formatRoute } from '../route.ts';
import categories from '../settings/category-list.module.css';
import layout from '../settings/settings-page.module.css';
import { Button } from '../ui/button.tsx';
import { SearchInput } from '../ui/field.tsx';
import { Page } from '../ui/page.tsx';
import { Select } from '../ui/select.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { RecordDialog } from './record-dialog.tsx';
import { RecordTable } from './record-table.tsx';
import css from './records-page.module.css';
import { columnsOf, listCommand, parseRecordSearch } from './search.ts';
import { useOpened } from './use-opened.ts';
import { useRecordPages } from './use-record-pages.ts';
import { useRecords } from './use-records.ts';

const say = messages.records;
type ListInput = Input<'records.list'>;

const CollectionList = ({ all, current }: { all: readonly CollectionView[]; current: string }): ReactNode => (
  <nav aria-label={say.collections} className={categories['list']}>
    {all.map((one) => (
      <a
        key={one.id}
        className={categories['item']}
        href={formatRoute('records', { collection: one.id })}
        aria-current={one.id === current ? 'true' : undefined}
        data-none={one.count + one.expired === 0 ? '' : undefined}
        title={one.id}
      >
        <span className={categories['title']}>{one.title}</span>
        <span className={categories['count']}>{count(one.count)}</span>
      </a>
    ))}
  </nav>
);

const shows = ['live', 'expired', 'all'] as const;
const sorts = ['id', 'newest'] as const;
const picked = <T extends string>(options: readonly T[], value: string | undefined): T | undefined =>
  options.find((option) => option === value);

const Filters = ({ shown, more }: { shown: number | null; more: boolean }): ReactNode => {
  const { query } = useRoute();
  return (
    <div className={css['filters']} role="group" aria-label={say.filters}>
      <SearchInput
        className={css['search']}
        label={say.search}
        placeholder={say.searchHint}
        value={query['q'] ?? ''}
        onChange={(q) => replaceQuery({ q })}
      />
      <Select
        label={say.show}
        value={picked(shows, query['show']) ?? 'live'}
        options={shows.map((value) => ({ value, label: say.shows[value] }))}
        onChange={(show) => replaceQuery({ show: show === 'live' ? '' : show })}
      />
      <Select
        label={say.sort}
        value={picked(sorts, query['sort']) ?? 'id'}
        options={sorts.map((value) => ({ value, label: say.sorts[value] }))}
        onChange={(sort) => replaceQuery({ sort: sort === 'id' ? '' : sort })}
      />
      <span className={css['shown']} role="status">
        {shown === null ? '' : say.shown(shown, more)}
      </span>
    </div>
  );
};

const titlesOf = (collection: CollectionView): { [name: string]: string } => {
  const properties = collection.schema['properties'];
  const entries = isJsonObject(properties) ? Object.entries(properties) : [];
  return Object.fromEntries(
    entries.flatMap(([name, one]) =>
      isJsonObject(one) && typeof one['title'] === 'string' ? [[name, one['title']]] : [],
    ),
  );
};

type CollectionProps = {
  collection: CollectionView;
  input: ListInput;
  onOpen: (id: string) => void;
  onAdd: () => void;
};

const Collection = ({ collection, input, onOpen, onAdd }: CollectionProps): ReactNode => {
  const pages = useRecordPages(input);
  const { expire } = useRecords();
  const { more: loadMore } = pages;
  const onEnd = useCallback(() => void loadMore(), [loadMore]);
  const filtered = input.where !== undefined || input.text !== undefined;
  const body = (): ReactNode => {
    if (pages.error !== null) return <ErrorState error={pages.error} onRetry={() => void pages.refresh()} />;
    if (pages.loading) return <Loading />;
    if (pages.records.length > 0) {
      return (
        <RecordTable
          records={pages.records}
          columns={columnsOf(collection, pages.records)}
          titles={titlesOf(collection)}
          label={collection.title}
          onOpen={onOpen}
          onEnd={onEnd}
        />
      );
    }
    if (filtered || input.show !== undefined) {
      return (
        <Empty icon={SearchX} title={say.noneTitle} text={say.none}>
          <Button onClick={() => replaceQuery({ q: '', show: '' })}>{say.clear}</Button>
        </Empty>
      );
    }
    return (
      <Empty icon={Library} title={say.emptyTitle} text={collection.expired > 0 ? say.onlyExpired : say.empty}>
        <Button icon={Plus} command="records.put" onClick={onAdd}>
          {say.addFirst}
        </Button>
      </Empty>
    );
  };
  return (
    <div className={css['collection']}>
      {collection.description === '' ? null : <p className="muted">{collection.description}</p>}
      <Filters shown={pages.loading || pages.error !== null ? null : pages.records.length} more={pages.next !== null} />
      {collection.expired === 0 ? null : (
        <div className={css['expired']}>
          <span>{say.expiredCount(collection.expired)}</span>
          <Button small onClick={() => replaceQuery({ show: 'expired' })}>
            {say.showExpired}
          </Button>
          <Button small icon={TimerOff} command="records.expire" onClick={() => void expire(collection.id)}>
            {say.removeExpired}
          </Button>
        </div>
      )}
      {body()}
      {pages.next === null || pages.records.length === 0 ? null : (
        <div className={css['foot']}>
          <Button onClick={onEnd}>{say.more}</Button>
        </div>
      )}
    </div>
  );
};

export const RecordsPage = (): ReactNode => {
  const { query } = useRoute();
  const list = useQuery('records.collections', {}, ['records', 'migration']);
  const all = list.data?.collections ?? [];
  const collection = all.find(({ id }) => id === query['collection']) ?? all.find((one) => one.count > 0) ?? all[0];
  const { opened, begin, close, reload } = useOpened(collection);
  const { save, remove } = useRecords();
  const show = picked(shows, query['show']);
  const sort = picked(sorts, query['sort']);
  const input: ListInput = {
    collection: collection?.id ?? '',
    ...parseRecordSearch(query['q'] ?? ''),
    ...(show === undefined ? {} : { show }),
    ...(sort === undefined ? {} : { sort }),
  };
  const body = (): ReactNode => {
    if (list.data === null)
      return list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />;
    if (collection === undefined)
      return <Empty icon={Library} title={say.noCollectionsTitle} text={say.noCollections} />;
    return (
      <div className={layout['columns']}>
        <CollectionList all={all} current={collection.id} />
        <Collection
          key={collection.id}
          collection={collection}
          input={input}
          onOpen={(id) => replaceQuery({ collection: collection.id, id })}
          onAdd={() => begin({})}
        />
      </div>
    );
  };
  const expired = all.reduce((sum, one) => sum + one.expired, 0);
  const total = all.reduce((sum, one) => sum + one.count, expired);
  return (
    <Page
      wide
      title={say.title}
      {...(list.data === null || all.length === 0 ? {} : { subtitle: say.subtitle(total, all.length, expired) })}
      command={collection === undefined ? 'holdfast record collections' : listCommand(input)}
      actions={
        collection === undefined ? undefined : (
          <Button variant="primary" icon={Plus} command="records.put" onClick={() => begin({})}>
            {say.add}
          </Button>
        )
      }
    >
      {body()}
      {collection === undefined || opened === null ? null : (
        <RecordDialog
          key={`${opened.record?.id ?? ''} ${String(opened.at)}`}
          collection={collection}
          opened={opened}
          save={save}
          onClose={close}
          onDuplicate={begin}
          onReload={() => void reload()}
          onDelete={(id) => void remove(collection.id, id).then((done) => (done ? close() : undefined))}
        />
      )}
    </Page>
  );
};
