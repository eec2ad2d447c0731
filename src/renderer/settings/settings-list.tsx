/** The rows that the search left, under their headings; only those in sight are drawn once there are many. */
import { memo, useCallback, useContext, useEffect, useRef, type ComponentProps, type ReactNode } from 'react';
import { ScrollerContext, VirtualRows } from '../ui/virtual-rows.tsx';
import type { Row } from './rows.ts';
import { SettingRow } from './setting-row.tsx';
import css from './settings-page.module.css';
import { entryAt, stagedAt, type StagedEdits } from './staging.ts';

type RowProps = ComponentProps<typeof SettingRow>;
type Props = Pick<RowProps, 'words' | 'onEdit' | 'onTakeBack' | 'onAside' | 'onLeave' | 'onSelect'> & {
  /** What is searched for: another search begins at the top. */
  view: string;
  rows: readonly Row[];
  staged: StagedEdits;
  problems: { readonly [key: string]: string };
  /** Null while nothing is being selected. */
  selected: ReadonlySet<string> | null;
  reveal: number | null;
};

/** Another search begins at the top. Where the page is, is only asked while it scrolls: asking while typing costs a layout. */
const useTopOf = (view: string): void => {
  const scroller = useContext(ScrollerContext);
  const seen = useRef(view);
  const down = useRef(false);
  useEffect(() => {
    const main = scroller.current;
    const note = (): void => {
      down.current = (main?.scrollTop ?? 0) > 0;
    };
    note();
    main?.addEventListener('scroll', note, { passive: true });
    return () => main?.removeEventListener('scroll', note);
  }, [scroller]);
  useEffect(() => {
    if (seen.current !== view && down.current) scroller.current?.scrollTo({ top: 0 });
    seen.current = view;
  }, [scroller, view]);
};

export const SettingsList = memo(({ view, rows, staged, problems, selected, reveal, ...rest }: Props): ReactNode => {
  useTopOf(view);
  const keyOf = useCallback(
    (index: number): string => {
      const one = rows[index];
      if (one === undefined) return String(index);
      return one.kind === 'heading' ? `heading:${one.id}` : one.setting.key;
    },
    [rows],
  );
  const row = (index: number): ReactNode => {
    const one = rows[index];
    if (one === undefined) return null;
    if (one.kind === 'heading') return <h2 className={css['heading']}>{one.title}</h2>;
    const { setting } = one;
    return (
      <SettingRow
        {...rest}
        setting={setting}
        staged={stagedAt(staged, setting.key)}
        problem={entryAt(problems, setting.key)}
        selected={selected === null ? null : selected.has(setting.key)}
      />
    );
  };
  return <VirtualRows count={rows.length} estimate={96} keyOf={keyOf} row={row} reveal={reveal} />;
});
