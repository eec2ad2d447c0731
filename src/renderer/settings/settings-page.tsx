/** The settings editor: categories, search, rows, staged edits. All edits go through review or Apply; nothing is saved by typing. */
import { SearchX, SlidersHorizontal } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { parseSettingsQuery } from '../../contract/settings-search.ts';
import type { SettingView } from '../../contract/settings.ts';
import { useFindStore } from '../frame/focus.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { SearchInput } from '../ui/field.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { useCheck } from './apply.ts';
import { BulkBar } from './bulk-bar.tsx';
import { CategoryList } from './category-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { GroupMenu } from './group-menu.tsx';
import { RestartBanner } from './restart-banner.tsx';
import { filterSettings, type Row } from './rows.ts';
import { SettingAside } from './setting-aside.tsx';
import { fieldId, stagedProblem } from './setting-row.tsx';
import { SettingsList } from './settings-list.tsx';
import css from './settings-page.module.css';
import { StagedBar } from './staged-bar.tsx';
import type { Edit } from './staging.ts';
import { stage, stageAll, takeBack, useKeptEdits, useStaged, useStaging } from './staging-store.ts';
import { useKept } from './use-kept.ts';
import { problemOf } from './validate.ts';

const say = messages.settings;

/** The search stands in the address; the field follows it, and writes it as it is typed. */
const SearchField = ({ found, all }: { found: number; all: number }): ReactNode => {
  const { query } = useRoute();
  const search = query['q'] ?? '';
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!useFindStore.getState().wanted) return;
    useFindStore.setState({ wanted: false });
    input.current?.focus();
  }, []);
  return (
    <>
      <SearchInput
        ref={input}
        className={css['search']}
        label={say.search}
        placeholder={say.search}
        value={search}
        onChange={(q) => replaceQuery({ q })}
      />
      <span className={css['count']} role="status">
        {search === '' ? say.allFound(found) : say.found(found, all)}
      </span>
    </>
  );
};

/** Rows picked for doing the same to all of them. */
const useSelection = (rows: readonly Row[]) => {
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const onSelect = useCallback((key: string, on: boolean): void => {
    setSelected((before) => {
      const next = new Set(before);
      if (on) next.add(key);
      else next.delete(key);
      return next;
    });
  }, []);
  return {
    selected: selected ?? new Set<string>(),
    selecting: selected !== null,
    onSelect,
    begin: () => setSelected(new Set()),
    end: () => setSelected(null),
    selectAll: () => setSelected(new Set(rows.flatMap((row) => (row.kind === 'setting' ? [row.setting.key] : [])))),
  };
};

/** Brings a setting's field into sight and focuses it, clearing the search when it hides the row. */
const useFocusSetting = (rows: readonly Row[]): { reveal: number | null; focusSetting: (key: string) => void } => {
  const { query } = useRoute();
  const linked = query['key'] ?? '';
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (linked === '') return;
    // A link to one setting: the address goes on without it, so that a reload does not jump.
    replaceQuery({ key: '' });
    setWanted(linked);
  }, [linked]);
  const index = wanted === null ? -1 : rows.findIndex((row) => row.kind === 'setting' && row.setting.key === wanted);
  useEffect(() => {
    if (wanted === null) return;
    if (index === -1) {
      replaceQuery({ q: '', category: '' });
      return;
    }
    const timer = setTimeout(() => {
      const field = document.getElementById(fieldId(wanted));
      field?.scrollIntoView({ block: 'center' });
      field?.focus();
      setWanted(null);
    }, 50);
    return () => clearTimeout(timer);
  }, [wanted, index]);
  return { reveal: index === -1 ? null : index, focusSetting: setWanted };
};

/** What is stored and would not be taken today, as far as it can be told here. */
const storedInvalid = (settings: readonly SettingView[]): string[] =>
  settings
    .filter((one) => !one.secret && one.source !== 'default' && problemOf(one.value, one) !== null)
    .map(({ key }) => key);

const showRestart = (): void => replaceQuery({ q: '@restart @modified', category: '' });

const Editor = ({ data }: { data: Output<'settings.list'> }): ReactNode => {
  const { status } = useStatus();
  const { query } = useRoute();
  const [search, category] = [query['q'] ?? '', query['category'] ?? ''];
  const staged = useStaged(status.home);
  const problems = useStaging((state) => state.problems);
  const [aside, setAside] = useState<{ setting: SettingView; view: 'history' | 'explain' } | null>(null);
  const kept = useKept(staged, `${category}\n${search}`);
  const { settings, categories } = data;
  const invalid = useMemo(
    () =>
      settings.flatMap((setting) => {
        const problem = problems[setting.key] ?? stagedProblem(setting, staged[setting.key]);
        return problem === null ? [] : [{ key: setting.key, problem }];
      }),
    [settings, problems, staged],
  );
  const stored = useMemo(() => storedInvalid(settings), [settings]);
  const filtered = useMemo(() => {
    const edited = { keep: kept, invalid: new Set([...invalid.map(({ key }) => key), ...stored]) };
    return filterSettings(settings, categories, search, category, edited);
  }, [settings, categories, search, category, kept, invalid, stored]);
  const { selected, selecting, onSelect, begin, end, selectAll } = useSelection(filtered.rows);
  const words = useMemo(() => parseSettingsQuery(search).words, [search]);
  const { reveal, focusSetting } = useFocusSetting(filtered.rows);
  const onEdit = useCallback((setting: SettingView, edit: Edit) => stage(status.home, setting, edit), [status.home]);
  const onTakeBack = useCallback((key: string) => takeBack(status.home, [key]), [status.home]);
  const onAside = useCallback((setting: SettingView, view: 'history' | 'explain') => setAside({ setting, view }), []);
  const check = useCheck();
  const home = status.home;
  const onLeave = useCallback(
    (setting: SettingView) => void check(setting, useStaging.getState().homes[home]?.staged ?? {}),
    [check, home],
  );
  const onStage = useCallback((edits: Parameters<typeof stageAll>[1]) => stageAll(home, edits), [home]);
  const group = categories.find(({ id }) => id === category);
  const groupSettings = category === '' ? settings : settings.filter((one) => one.category === category);
  return (
    <Page wide title={say.title} actions={<SearchField found={filtered.found} all={settings.length} />}>
      <div className={css['columns']}>
        <CategoryList
          categories={categories}
          current={category}
          search={search}
          found={filtered.perCategory}
          all={settings.length}
        />
        <div className={css['list']}>
          <FilterBar settings={settings} search={search}>
            {selecting ? null : (
              <GroupMenu
                title={group?.title ?? null}
                settings={groupSettings}
                staged={staged}
                onStage={onStage}
                onSelect={begin}
              />
            )}
          </FilterBar>
          {selecting ? (
            <BulkBar
              selected={settings.filter(({ key }) => selected.has(key))}
              staged={staged}
              onStage={onStage}
              onSelectAll={selectAll}
              onEnd={end}
            />
          ) : null}
          {filtered.rows.length === 0 ? (
            <Empty icon={SearchX} title={say.noneTitle} text={say.none}>
              <Button onClick={() => replaceQuery({ q: '', category: '' })}>{say.clear}</Button>
            </Empty>
          ) : (
            <Card flush>
              <SettingsList
                view={`${category}\n${search}`}
                rows={filtered.rows}
                staged={staged}
                problems={problems}
                words={words}
                selected={selecting ? selected : null}
                reveal={reveal}
                onEdit={onEdit}
                onTakeBack={onTakeBack}
                onAside={onAside}
                onLeave={onLeave}
                onSelect={onSelect}
              />
            </Card>
          )}
          <div className={css['foot']}>
            <RestartBanner settings={settings} onShow={showRestart} />
            <StagedBar settings={settings} staged={staged} invalid={invalid} onFocus={focusSetting} />
          </div>
        </div>
      </div>
      {aside === null ? null : <SettingAside {...aside} onClose={() => setAside(null)} />}
    </Page>
  );
};

export const SettingsPage = (): ReactNode => {
  const { status } = useStatus();
  const kept = useKeptEdits(status.home);
  const list = useQuery('settings.list', {}, ['settings', 'secrets', 'migration']);
  if (list.data === null || !kept) {
    return (
      <Page wide title={say.title}>
        {list.error === null ? <Loading /> : <ErrorState error={list.error} onRetry={() => void list.reload()} />}
      </Page>
    );
  }
  if (list.data.settings.length === 0) {
    return (
      <Page wide title={say.title}>
        <Empty icon={SlidersHorizontal} title={say.emptyTitle} text={say.empty} />
      </Page>
    );
  }
  return <Editor data={list.data} />;
};
