/**
 * Draws only the rows in sight once there are many. All rows are drawn below the threshold, so that the browser's own
 * find works. The page's scroller is `main`.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  createContext,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from 'react';
import css from './virtual-rows.module.css';

export const ScrollerContext = createContext<RefObject<HTMLElement | null>>({ current: null });

/** What is drawn above and below what is in sight, so that scrolling shows no gap. */
const aheadPx = 320;

type Props = {
  count: number;
  /** Usual height of a row in px. */
  estimate: number;
  keyOf: (index: number) => string;
  row: (index: number) => ReactNode;
  threshold?: number;
  /** Called when the last rows come into sight. */
  onEnd?: () => void;
  role?: string;
  /** Scrolls this row into sight when it changes. */
  reveal?: number | null;
};

const Windowed = ({ count, estimate, keyOf, row, onEnd, role, reveal = null }: Props): ReactNode => {
  const scroller = useContext(ScrollerContext);
  const list = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = list.current?.getBoundingClientRect().top ?? 0;
      const scrollerTop = scroller.current?.getBoundingClientRect().top ?? 0;
      setMargin(top - scrollerTop + (scroller.current?.scrollTop ?? 0));
    };
    measure();
    // Later after the browser's own layout: asked while rows change, it would be made twice.
    const observer = new ResizeObserver(measure);
    if (list.current !== null) observer.observe(list.current);
    return () => observer.disconnect();
  }, [scroller]);
  const virtual = useVirtualizer({
    count,
    estimateSize: () => estimate,
    getScrollElement: () => scroller.current,
    getItemKey: keyOf,
    scrollMargin: margin,
    overscan: Math.ceil(aheadPx / estimate),
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastShown >= count - 20) onEnd?.();
  }, [lastShown, count, onEnd]);
  useEffect(() => {
    if (reveal !== null) virtual.scrollToIndex(reveal, { align: 'center' });
  }, [reveal, virtual]);
  return (
    <div ref={list} className={css['list']} role={role} style={{ height: virtual.getTotalSize() }}>
      {items.map((item) => (
        <div
          key={item.key}
          ref={virtual.measureElement}
          data-index={item.index}
          className={css['row']}
          role={role === undefined ? undefined : 'presentation'}
          style={{ transform: `translateY(${String(item.start - margin)}px)` }}
        >
          {row(item.index)}
        </div>
      ))}
    </div>
  );
};

const Plain = ({ count, keyOf, row, role }: Props): ReactNode => (
  <div role={role}>
    {Array.from({ length: count }, (_, index) => (
      <div key={keyOf(index)} role={role === undefined ? undefined : 'presentation'}>
        {row(index)}
      </div>
    ))}
  </div>
);

export const VirtualRows = (props: Props): ReactNode =>
  props.count > (props.threshold ?? 200) ? <Windowed {...props} /> : <Plain {...props} />;
