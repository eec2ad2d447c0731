/** What goes into a bundle: everything, or categories of settings, integrations and collections, and single keys. */
import { useId, useState, type ReactNode } from 'react';
import type { BundlePart } from '../../contract/bundles.ts';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { Button } from '../ui/button.tsx';
import { Checkbox, Field, TextArea } from '../ui/field.tsx';
import { Select } from '../ui/select.tsx';
import { useQuery } from '../use-query.ts';
import css from './bundles.module.css';
import { prefixesOf } from './prefixes.ts';

const say = messages.bundles.contents;
const parts = ['settings', 'integrations', 'records'] as const;

type Choice = { id: string; label: string };
export type Chosen = { everything: boolean; ids: Readonly<Record<BundlePart, ReadonlySet<string>>>; keys: string };
export type Asked = { only?: string[]; parts?: BundlePart[] };

export const everything: Chosen = {
  everything: true,
  ids: { settings: new Set(), integrations: new Set(), records: new Set() },
  keys: '',
};

export const typedKeys = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

const useChoices = () => {
  const settings = useQuery('settings.list', {}, ['settings']);
  const integrations = useQuery('integration.list', {}, ['integrations']);
  const records = useQuery('records.collections', {}, ['records']);
  const choices: Record<BundlePart, Choice[]> = {
    settings: (settings.data?.categories ?? []).map(({ id, title, count: n }) => ({ id, label: say.one(title, n) })),
    integrations: (integrations.data?.integrations ?? []).map(({ id, name }) => ({ id, label: name })),
    records: (records.data?.collections ?? [])
      .filter((one) => one.count > 0)
      .map(({ id, title, count: n }) => ({ id, label: say.one(title, n) })),
  };
  return { choices, settings: settings.data?.settings ?? [] };
};

/** What the command is asked for; null while nothing is chosen. */
export const useContents = () => {
  const [chosen, setChosen] = useState<Chosen>(everything);
  const { choices, settings } = useChoices();
  const asked = (): Asked | null => {
    if (chosen.everything) return {};
    const keys = typedKeys(chosen.keys);
    const wanted = parts.filter((part) => chosen.ids[part].size > 0 || (part === 'settings' && keys.length > 0));
    if (wanted.length === 0) return null;
    const whole = wanted.every((part) => chosen.ids[part].size === choices[part].length) && keys.length === 0;
    if (whole) return { parts: wanted };
    const category = new Map(settings.map((one) => [one.key, one.category]));
    const inSettings = prefixesOf([...category.keys()], (key) => chosen.ids.settings.has(category.get(key) ?? ''));
    return { parts: wanted, only: [...inSettings, ...chosen.ids.integrations, ...chosen.ids.records, ...keys] };
  };
  return { chosen, setChosen, choices, asked: asked() };
};

type GroupProps = {
  part: BundlePart;
  choices: readonly Choice[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
};

const Group = ({ part, choices, chosen, onChange }: GroupProps): ReactNode => {
  if (choices.length === 0) return null;
  const all = chosen.size === choices.length;
  const toggle = (id: string, on: boolean): void => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    onChange(next);
  };
  return (
    <fieldset className={css['group']}>
      <legend>{say.parts[part]}</legend>
      <Button
        small
        variant="link"
        aria-label={(all ? say.noneOf : say.allOf)(say.parts[part])}
        onClick={() => onChange(all ? new Set() : new Set(choices.map(({ id }) => id)))}
      >
        {all ? say.none : say.all(count(choices.length))}
      </Button>
      <div className={css['choices']}>
        {choices.map(({ id, label }) => (
          <Checkbox key={id} label={label} checked={chosen.has(id)} onChange={(on) => toggle(id, on)} />
        ))}
      </div>
    </fieldset>
  );
};

type Props = Pick<ReturnType<typeof useContents>, 'chosen' | 'setChosen' | 'choices' | 'asked'> & { asking: boolean };

export const ContentsPicker = ({ chosen, setChosen, choices, asked, asking }: Props): ReactNode => {
  const id = useId();
  return (
    <>
      <Field label={say.what}>
        {({ id: field }) => (
          <Select
            id={field}
            value={chosen.everything ? 'everything' : 'some'}
            options={[
              { value: 'everything', label: say.everything },
              { value: 'some', label: say.some },
            ]}
            onChange={(value) => setChosen({ ...chosen, everything: value === 'everything' })}
          />
        )}
      </Field>
      {chosen.everything ? null : (
        <div className={css['picker']} id={id}>
          {parts.map((part) => (
            <Group
              key={part}
              part={part}
              choices={choices[part]}
              chosen={chosen.ids[part]}
              onChange={(ids) => setChosen({ ...chosen, ids: { ...chosen.ids, [part]: ids } })}
            />
          ))}
          <Field label={say.keys} hint={say.keysHint} problem={asking && asked === null ? say.nothing : null}>
            {({ id: field, describedBy }) => (
              <TextArea
                id={field}
                aria-describedby={describedBy}
                mono
                rows={2}
                value={chosen.keys}
                onChange={(keys) => setChosen({ ...chosen, keys })}
              />
            )}
          </Field>
        </div>
      )}
    </>
  );
};
