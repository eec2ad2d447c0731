/** The filters of the audit log: text and key to type, the rest as chips to add and take away. All stand in the address. */
import { ListFilter, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import { formatDay } from '../format.ts';
import { messages } from '../messages.en.ts';
import type { Query } from '../route.ts';
import { Button } from '../ui/button.tsx';
import { SearchInput, TextInput } from '../ui/field.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { replaceQuery, useRoute } from '../use-route.ts';
import css from './audit-filters.module.css';
import { isPreset, presets, rangeOf, timesOf } from './period.ts';
import type { AuditFilter } from './use-audit-pages.ts';

const say = messages.audit;
const chips = ['actor', 'source', 'action', 'type'] as const;
type Chip = (typeof chips)[number];

export const filterFrom = (query: { readonly [name: string]: string }, now = new Date()): AuditFilter => {
  const pick = (name: string, as: keyof AuditFilter = name as keyof AuditFilter): AuditFilter =>
    query[name] === undefined || query[name] === '' ? {} : { [as]: query[name] };
  return {
    ...pick('q', 'text'),
    ...pick('key'),
    ...pick('actor'),
    ...pick('source'),
    ...pick('action'),
    ...pick('type'),
    ...pick('changeSet'),
    ...timesOf(rangeOf(query, now)),
  };
};

const words: { [chip in Chip]?: { [value: string]: string } } = { source: say.sources, action: say.actions };
const wordOf = (chip: Chip, value: string): string => words[chip]?.[value] ?? value;

const entriesOf = (facets: Output<'audit.facets'> | null): MenuEntry[] => {
  const times: MenuEntry[] = [
    { id: 'heading:period', heading: say.period },
    ...presets.map((preset) => ({
      id: `period:${preset}`,
      label: say.periods[preset],
      onSelect: () => replaceQuery({ period: preset, from: '', to: '' }),
    })),
  ];
  if (facets === null) return times;
  const values: { [chip in Chip]: readonly string[] } = {
    actor: facets.actors,
    source: facets.sources,
    action: facets.actions,
    type: facets.types,
  };
  const named = chips.flatMap((chip): MenuEntry[] => {
    if (values[chip].length === 0) return [];
    return [
      { id: `heading:${chip}`, heading: say.filter[chip] },
      ...values[chip].map((value) => ({
        id: `${chip}:${value}`,
        label: wordOf(chip, value),
        onSelect: () => replaceQuery({ [chip]: value }),
      })),
    ];
  });
  return [...times, ...named];
};

/** Where the list begins: only entries before this number; null for the newest. */
export const startOf = (query: Query): number | null => {
  const before = Number(query['before'] ?? '');
  return Number.isSafeInteger(before) && before > 0 ? before : null;
};

/** Every filter taken away. */
export const noFilter = {
  q: '',
  key: '',
  actor: '',
  source: '',
  action: '',
  type: '',
  changeSet: '',
  period: '',
  from: '',
  to: '',
  before: '',
};

const periodWords = (query: Query): string | null => {
  const preset = query['period'];
  if (isPreset(preset)) return say.periods[preset];
  const range = rangeOf(query, new Date());
  return range === null ? null : say.days(formatDay(range.from, true), formatDay(range.to, true));
};

const ChipButton = ({ name, value, onRemove }: { name: string; value: string; onRemove: () => void }): ReactNode => (
  <button type="button" className={css['chip']} aria-label={say.removeChip(name, value)} onClick={onRemove}>
    {say.chip(name, value)}
    <X aria-hidden />
  </button>
);

export const AuditFilters = ({
  facets,
  shown,
}: {
  facets: Output<'audit.facets'> | null;
  shown: string;
}): ReactNode => {
  const { query } = useRoute();
  const active = chips.filter((chip) => (query[chip] ?? '') !== '');
  const period = periodWords(query);
  const set = query['changeSet'] ?? '';
  const start = startOf(query);
  const any =
    active.length > 0 ||
    period !== null ||
    set !== '' ||
    start !== null ||
    (query['q'] ?? '') !== '' ||
    (query['key'] ?? '') !== '';
  return (
    <div className={css['filters']} role="group" aria-label={say.filters}>
      <SearchInput
        className={css['text']}
        label={say.search}
        placeholder={say.search}
        value={query['q'] ?? ''}
        onChange={(q) => replaceQuery({ q })}
      />
      <TextInput
        className={css['key']}
        mono
        aria-label={say.keyFilter}
        placeholder={say.keyFilter}
        value={query['key'] ?? ''}
        onChange={(key) => replaceQuery({ key })}
      />
      {active.map((chip) => (
        <ChipButton
          key={chip}
          name={say.filter[chip]}
          value={wordOf(chip, query[chip] ?? '')}
          onRemove={() => replaceQuery({ [chip]: '' })}
        />
      ))}
      {set === '' ? null : (
        <ChipButton name={say.changeSet} value={set} onRemove={() => replaceQuery({ changeSet: '' })} />
      )}
      {period === null ? null : (
        <ChipButton name={say.period} value={period} onRemove={() => replaceQuery({ period: '', from: '', to: '' })} />
      )}
      {start === null ? null : (
        <ChipButton name={say.beforeEntry} value={String(start)} onRemove={() => replaceQuery({ before: '' })} />
      )}
      <Menu
        entries={entriesOf(facets)}
        trigger={
          <Button variant="quiet" icon={ListFilter}>
            {say.addFilter}
          </Button>
        }
      />
      {any ? (
        <Button variant="quiet" onClick={() => replaceQuery(noFilter)}>
          {say.clear}
        </Button>
      ) : null}
      <span className={css['shown']} role="status">
        {shown}
      </span>
    </div>
  );
};
