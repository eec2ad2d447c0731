/** The keys of an import, each with what would become of it; narrowed by state and by words, however many there are. */
import { useRef, useState, type ReactNode } from 'react';
import { ChangeDiff } from '../change/change-diff.tsx';
import { messages } from '../messages.en.ts';
import { count } from '../plural.ts';
import { lowerWhen } from '../settings/setting-badges.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { SearchInput } from '../ui/field.tsx';
import { ScrollerContext, VirtualRows } from '../ui/virtual-rows.tsx';
import css from './bundles.module.css';
import { countByState, lineStates, shownLines, type Line, type LineState } from './preview-lines.ts';

const say = messages.bundles.preview;

const tones: Record<LineState, Tone> = {
  conflict: 'warn',
  add: 'ok',
  change: 'accent',
  remove: 'bad',
  refused: 'warn',
  same: 'neutral',
};

/** Fewer than this need no search. */
const searchFrom = 20;

const Row = ({ line }: { line: Line }): ReactNode => (
  <div role="row" className={css['line']}>
    <span role="cell">
      <Badge tone={tones[line.state]}>{say.states[line.state]}</Badge>
    </span>
    <span role="cell" className={css['lineKey']}>
      <span className="mono">{line.key}</span>
      {line.kind === 'setting' ? null : (
        <span className="small muted">{messages.versions.kinds[line.kind] ?? line.kind}</span>
      )}
    </span>
    <span role="cell" className={css['lineValue']}>
      {line.change === null ? null : <ChangeDiff {...line.change} limit={200} />}
      {line.since === null ? null : (
        <span className="small muted">{say.since(line.since.actor, lowerWhen(line.since.at))}</span>
      )}
      {line.problem === null ? null : <span className="small">{line.problem}</span>}
      {line.state === 'same' ? <span className="small muted">{say.sameText}</span> : null}
    </span>
  </div>
);

export const PreviewList = ({ lines }: { lines: readonly Line[] }): ReactNode => {
  const scroller = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<LineState | null>(null);
  const [text, setText] = useState('');
  const counts = countByState(lines);
  const shown = shownLines(lines, state, text);
  return (
    <section className={css['preview']} aria-label={say.title}>
      <div className={css['states']} role="group" aria-label={say.filter}>
        <Button small aria-pressed={state === null} onClick={() => setState(null)}>
          {say.all(count(lines.length))}
        </Button>
        {lineStates
          .filter((one) => counts[one] > 0)
          .map((one) => (
            <Button small key={one} aria-pressed={state === one} onClick={() => setState(state === one ? null : one)}>
              {say.counts[one](counts[one])}
            </Button>
          ))}
      </div>
      {lines.length < searchFrom ? null : (
        <div className={css['find']}>
          <SearchInput label={say.search} placeholder={say.search} value={text} onChange={setText} />
          <span className="small muted" role="status">
            {say.shown(shown.length)}
          </span>
        </div>
      )}
      <div ref={scroller} className={css['lines']} tabIndex={0} role="table" aria-label={say.title}>
        <ScrollerContext value={scroller}>
          <VirtualRows
            role="rowgroup"
            count={shown.length}
            estimate={45}
            threshold={100}
            keyOf={(index) => `${shown[index]?.kind ?? ''}/${shown[index]?.key ?? ''}`}
            row={(index) => {
              const line = shown[index];
              return line === undefined ? null : <Row line={line} />;
            }}
          />
        </ScrollerContext>
      </div>
    </section>
  );
};
