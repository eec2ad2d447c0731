/** The rows that the search left, under their headings; only those in sight are drawn once there are many. */
import { useCallback, useContext, useEffect, useRef, type ComponentProps, type ReactNode } from 'react';
import { ScrollerContext, VirtualRows } from '../ui/virtual-rows.tsx';
import type { Row } from './rows.ts';
import { SettingRow } from './setting-row.tsx';
import css from './settings-page.module.css';
import type { StagedEdits } from './staging.ts';

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

export const SettingsList = ({ view, rows, staged, problems, selected, reveal, ...rest }: Props): ReactNode => {
  const scroller = useContext(ScrollerContext);
  const seen = useRef(view);
  useEffect(() => {
    if (seen.current !== view) scroller.current?.scrollTo({ top: 0 });
    seen.current = view;
  }, [scroller, view]);
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
        staged={staged[setting.key]}
        problem={problems[setting.key]}
        selected={selected === null ? null : selected.has(setting.key)}
      />
    );
  };
  return <VirtualRows count={rows.length} estimate={96} keyOf={keyOf} row={row} reveal={reveal} />;
};
