/** The search of the settings page, and how many settings it finds. */
import { useEffect, useRef, type ReactNode } from 'react';
import { useFindStore } from '../frame/focus.ts';
import { messages } from '../messages.en.ts';
import { SearchInput } from '../ui/field.tsx';
import { replaceQuery, useRoute } from '../use-route.ts';
import css from './settings-page.module.css';

const say = messages.settings;

/** The search stands in the address; the field follows it, and writes it as it is typed. */
export const SearchField = ({ found, all }: { found: number; all: number }): ReactNode => {
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
