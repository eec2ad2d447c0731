/** A group of settings as JSON beside the form. What is typed is staged as it is typed; what the form stages shows here. */
import { X } from 'lucide-react';
import { Fragment, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { useRefusal } from '../may.ts';
import { messages } from '../messages.en.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { TextArea } from '../ui/field.tsx';
import type { StageEdits } from './bulk-bar.tsx';
import { isWhole, openRaw, rawProblems, syncRaw, typeRaw, type RawDoc, type RawProblem } from './raw-json.ts';
import css from './raw-pane.module.css';
import type { StagedEdits } from './staging.ts';

const say = messages.settings.raw;
const mostShown = 5;

/** The button that opens the pane and gets focus back from it. */
export const rawButtonId = 'settings-raw';

/** Texts that were no JSON yet when their pane went, by group: nobody types them twice. */
const unfinished = new Map<string, RawDoc>();

type Props = {
  /** Of home and group. */
  id: string;
  title: string;
  settings: readonly SettingView[];
  staged: StagedEdits;
  /** By key: what the core said. */
  problems: { readonly [key: string]: string };
  onStage: StageEdits;
  /** The text was left: what it staged is looked at by the core. */
  onLeave: (keys: readonly string[]) => void;
  onClose: () => void;
};

const useRaw = ({ id, settings, staged, onStage, onLeave }: Props) => {
  const [doc, setDoc] = useState(() => unfinished.get(id) ?? openRaw(settings, staged));
  const typed = useRef(new Set<string>());
  const last = useRef(doc);
  useEffect(() => {
    last.current = doc;
  }, [doc]);
  useEffect(() => setDoc((before) => syncRaw(before, settings, staged)), [settings, staged]);
  useEffect(
    () => () => {
      if (isWhole(last.current)) unfinished.delete(id);
      else unfinished.set(id, last.current);
    },
    [id],
  );
  const type = (text: string): void => {
    const next = typeRaw(doc, text, settings, staged);
    for (const { setting } of next.edits) typed.current.add(setting.key);
    setDoc(next.doc);
    if (next.edits.length > 0) onStage(next.edits);
  };
  const leave = (): void => {
    if (typed.current.size > 0) onLeave([...typed.current]);
    typed.current.clear();
  };
  return { text: doc.text, type, leave };
};

/** One number per line; those of lines with a problem are marked. As few pieces as can be: a text may have thousands of lines. */
const Gutter = ({
  lines,
  wrong,
  ref,
}: {
  lines: number;
  wrong: readonly RawProblem[];
  ref: RefObject<HTMLDivElement | null>;
}): ReactNode => {
  const marked = [...new Set(wrong.map(({ line }) => line))].toSorted((a, b) => a - b);
  const upTo = (from: number, to: number): string =>
    Array.from({ length: Math.max(0, to - from) }, (_, index) => `${String(from + index)}\n`).join('');
  return (
    <div ref={ref} className={css['gutter']} aria-hidden>
      {marked.map((line, index) => (
        <Fragment key={line}>
          {upTo((marked[index - 1] ?? 0) + 1, line)}
          <span className={css['wrong']}>{`${String(line)}\n`}</span>
        </Fragment>
      ))}
      {upTo((marked.at(-1) ?? 0) + 1, lines + 1)}
    </div>
  );
};

type ProblemsProps = { id: string; problems: readonly RawProblem[]; onGo: (offset: number) => void };

/** Each leads to its place in the text. */
const Problems = ({ id, problems, onGo }: ProblemsProps): ReactNode => (
  <div id={id} className={css['problems']} role="status">
    {problems.length === 0 ? (
      <span className="small muted">{say.fine}</span>
    ) : (
      <ul aria-label={say.problems}>
        {problems.slice(0, mostShown).map(({ offset, words }) => (
          <li key={words}>
            <Button variant="link" className={css['problem']} onClick={() => onGo(offset)}>
              {words}
            </Button>
          </li>
        ))}
        {problems.length > mostShown ? <li className="small muted">{say.more(problems.length - mostShown)}</li> : null}
      </ul>
    )}
  </div>
);

export const RawPane = (props: Props): ReactNode => {
  const { title, settings, problems: said, onClose } = props;
  const { text, type, leave } = useRaw(props);
  const readOnly = useRefusal('settings.apply') !== null;
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const problems = useMemo(() => rawProblems(text, settings, said), [text, settings, said]);
  useEffect(() => {
    // Another group opens under the same pane without taking focus from its link.
    if (document.activeElement?.id === rawButtonId) area.current?.focus();
  }, []);
  const goTo = (offset: number): void => {
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset);
  };
  return (
    <section
      className={css['pane']}
      aria-label={say.title(title)}
      data-pane=""
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        onClose();
      }}
    >
      <div className={css['head']}>
        <h2>{say.title(title)}</h2>
        <IconButton small label={messages.ui.close} icon={X} onClick={onClose} />
      </div>
      <p className={css['about']}>{readOnly ? say.readOnly : say.description}</p>
      <div className={css['editor']}>
        <Gutter ref={gutter} lines={text.split('\n').length} wrong={problems} />
        <TextArea
          ref={area}
          className={css['text']}
          mono
          wrap="off"
          readOnly={readOnly}
          aria-label={say.title(title)}
          aria-describedby="settings-raw-problems"
          invalid={problems.length > 0}
          value={text}
          onChange={type}
          onBlur={leave}
          onScroll={(event) => gutter.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        />
      </div>
      <Problems id="settings-raw-problems" problems={problems} onGo={goTo} />
    </section>
  );
};
