/** The settings editor: categories, search, rows, staged edits. All edits go through review or Apply; nothing is saved by typing. */
import { SearchX, SlidersHorizontal } from 'lucide-react';
import { useCallback, useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { parseSettingsQuery } from '../../contract/settings-search.ts';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { useStatus } from '../status.ts';
import { Button } from '../ui/button.tsx';
import { Card, Page } from '../ui/page.tsx';
import { Empty, ErrorState, Loading } from '../ui/states.tsx';
import { useQuery } from '../use-query.ts';
import { replaceQuery, useRoute } from '../use-route.ts';
import { useCheck } from './apply.ts';
import { BulkBar } from './bulk-bar.tsx';
import { CategoryList } from './category-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { GroupMenu } from './group-menu.tsx';
import { RawPane, rawButtonId } from './raw-pane.tsx';
import { RestartBanner } from './restart-banner.tsx';
import { filterSettings } from './rows.ts';
import { SearchField } from './search-field.tsx';
import { SettingAside } from './setting-aside.tsx';
import { stagedProblem } from './setting-row.tsx';
import { SettingsList } from './settings-list.tsx';
import css from './settings-page.module.css';
import { StagedBar } from './staged-bar.tsx';
import { entryAt, stagedAt, type Edit } from './staging.ts';
import { stage, stageAll, takeBack, useKeptEdits, useStaged, useStaging } from './staging-store.ts';
import { useKept } from './use-kept.ts';
import { useFocusSetting, useSelection } from './use-rows.ts';
import { storedProblem } from './validate.ts';

const say = messages.settings;

/** Where there is no place for both, the JSON takes the place of the rows. */
const coversRows = (): boolean => window.matchMedia('(max-width: 900px)').matches;

const showRestart = (): void => replaceQuery({ q: '@restart @modified', category: '' });

const Editor = ({ data }: { data: Output<'settings.list'> }): ReactNode => {
  const { status } = useStatus();
  const { query } = useRoute();
  // What is typed shows first; the list follows, and is given up for the next key.
  const search = useDeferredValue(query['q'] ?? '');
  const category = query['category'] ?? '';
  const staged = useStaged(status.home);
  const problems = useStaging((state) => state.problems);
  const [aside, setAside] = useState<{ setting: SettingView; view: 'history' | 'explain' } | null>(null);
  const [raw, setRaw] = useState(false);
  const kept = useKept(staged, `${category}\n${search}`);
  const { settings, categories } = data;
  const invalid = useMemo(
    () =>
      settings.flatMap((setting) => {
        const problem = entryAt(problems, setting.key) ?? stagedProblem(setting, stagedAt(staged, setting.key));
        return problem === null ? [] : [{ key: setting.key, problem }];
      }),
    [settings, problems, staged],
  );
  const stored = useMemo(() => settings.filter((one) => storedProblem(one) !== null).map(({ key }) => key), [settings]);
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
  const onLeft = useCallback(
    (keys: readonly string[]) => void check(keys, useStaging.getState().homes[home]?.staged ?? {}),
    [check, home],
  );
  const onLeave = useCallback(({ key }: SettingView) => onLeft([key]), [onLeft]);
  const onStage = useCallback((edits: Parameters<typeof stageAll>[1]) => stageAll(home, edits), [home]);
  const group = categories.find(({ id }) => id === category);
  const groupSettings = useMemo(
    () => (category === '' ? settings : settings.filter((one) => one.category === category)),
    [settings, category],
  );
  const closeRaw = (): void => {
    setRaw(false);
    document.getElementById(rawButtonId)?.focus();
  };
  const onFocus = useCallback(
    (key: string): void => {
      if (coversRows()) setRaw(false);
      focusSetting(key);
    },
    [focusSetting],
  );
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
                raw={raw}
                onRaw={setRaw}
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
          <div className={css['beside']} data-raw={raw ? '' : undefined}>
            <div className={css['rows']}>
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
            </div>
            {raw ? (
              <RawPane
                key={category}
                id={`${home}\n${category}`}
                title={group?.title ?? say.title}
                settings={groupSettings}
                staged={staged}
                problems={problems}
                onStage={onStage}
                onLeave={onLeft}
                onClose={closeRaw}
              />
            ) : null}
          </div>
          <div className={css['foot']}>
            <RestartBanner settings={settings} onShow={showRestart} />
            <StagedBar settings={settings} staged={staged} invalid={invalid} onFocus={onFocus} />
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
