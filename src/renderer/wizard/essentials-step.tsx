/** Page 4: the definition's own questions, with the same fields as the settings editor. */
import { useState, type ReactNode } from 'react';
import type { Output } from '../../contract/commands.ts';
import type { SettingKind } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { fieldFor } from '../settings/fields/index.tsx';
import { LiveCheck } from '../settings/live-check.tsx';
import { fieldId } from '../settings/setting-row.tsx';
import type { Edit } from '../settings/staging.ts';
import { problemOf } from '../settings/validate.ts';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Problem, TextInput } from '../ui/field.tsx';
import { Card } from '../ui/page.tsx';
import css from './essentials-step.module.css';
import { Step } from './step.tsx';
import { useWizard } from './wizard-store.ts';
import type { JsonObject } from '../../contract/json.ts';

const say = messages.wizard.essentials;
export type Question = Output<'setup.questions'>['questions'][number];

const answer = (key: string, edit: Edit): void =>
  useWizard.setState(({ answers }) => {
    const { [key]: _before, ...rest } = answers;
    return { answers: edit.op === 'set' ? { ...rest, [key]: edit.value } : rest };
  });

/** A proposal counts once it is given as an answer, so that the review shows it. */
const answerProposals = (questions: readonly Question[]): void => {
  for (const { key, proposedBy, default: value } of questions)
    if (proposedBy !== undefined && useWizard.getState().answers[key] === undefined) answer(key, { op: 'set', value });
};

const questionProblem = (question: Question, value: unknown, draft: Edit | undefined): string | null => {
  if (draft?.op === 'draft') return draft.problem;
  const given = value ?? question.default;
  if (question.required && (given === null || given === '')) return say.missing;
  return given === null
    ? null
    : problemOf(given as never, { kind: question.kind as SettingKind, schema: question.schema as JsonObject });
};

type OneProps = { question: Question; draft: Edit | undefined; showProblem: boolean; onDraft: (edit: Edit) => void };

const One = ({ question, draft, showProblem, onDraft }: OneProps): ReactNode => {
  const given = useWizard((state) => state.answers[question.key]);
  const definition = useWizard((state) => state.definition);
  const id = fieldId(question.key);
  const value = given ?? question.default;
  const kind = question.kind as SettingKind;
  const Field = fieldFor(kind, value);
  const problem = questionProblem(question, given, draft);
  const shown = problem !== null && (showProblem || draft?.op === 'draft');
  const describedBy = shown ? `${id}-problem ${id}-about` : `${id}-about`;
  const onEdit = (edit: Edit): void => {
    onDraft(edit);
    answer(question.key, edit);
  };
  return (
    <div className={css['question']}>
      <div className={css['head']}>
        <h2 id={`${id}-title`}>{question.title}</h2>
        <Badge tone={question.required ? 'accent' : 'neutral'}>{question.required ? say.required : say.optional}</Badge>
      </div>
      <p id={`${id}-about`} className="muted">
        {question.description}
        <span className={css['key']}>{question.key}</span>
      </p>
      <div className={css['control']}>
        {question.secret ? (
          <TextInput
            id={id}
            type="password"
            autoComplete="new-password"
            aria-labelledby={`${id}-title`}
            aria-describedby={describedBy}
            invalid={shown}
            value={typeof given === 'string' ? given : ''}
            onChange={(text) => onEdit(text === '' ? { op: 'unset' } : { op: 'set', value: text })}
          />
        ) : (
          <Field
            id={id}
            labelledBy={`${id}-title`}
            describedBy={describedBy}
            invalid={shown}
            setting={{
              key: question.key,
              title: question.title,
              kind,
              schema: question.schema as JsonObject,
              secret: false,
            }}
            value={value}
            placeholder={say.choose}
            edit={draft}
            onEdit={onEdit}
            onLeave={() => undefined}
          />
        )}
      </div>
      {question.proposedBy !== undefined && given === undefined ? (
        <p className="small muted">{say.proposed(question.proposedBy)}</p>
      ) : null}
      {shown ? <Problem id={`${id}-problem`}>{problem}</Problem> : null}
      {problem === null ? (
        <LiveCheck
          settingKey={question.key}
          kind={kind}
          value={value}
          definition={definition}
          onPick={(picked) => onEdit({ op: 'set', value: picked })}
        />
      ) : null}
    </div>
  );
};

type Props = {
  questions: readonly Question[];
  /** The application's name. */
  name: string;
  onBack: () => void;
  onNext: () => void;
};

export const EssentialsStep = ({ questions, name, onBack, onNext }: Props): ReactNode => {
  const answers = useWizard((state) => state.answers);
  const [drafts, setDrafts] = useState<{ readonly [key: string]: Edit }>({});
  const [tried, setTried] = useState(false);
  const next = (): void => {
    const bad = questions.find(
      (question) => questionProblem(question, answers[question.key], drafts[question.key]) !== null,
    );
    if (bad === undefined) {
      answerProposals(questions);
      return onNext();
    }
    setTried(true);
    document.getElementById(fieldId(bad.key))?.focus();
  };
  return (
    <Step
      narrow
      title={say.title}
      subtitle={questions.length === 0 ? say.none : say.subtitle(name)}
      onBack={onBack}
      action={
        <Button variant="primary" onClick={next}>
          {say.next}
        </Button>
      }
    >
      {questions.length === 0 ? null : (
        <Card flush>
          {questions.map((question) => (
            <One
              key={question.key}
              question={question}
              draft={drafts[question.key]}
              showProblem={tried}
              onDraft={(edit) => setDrafts((before) => ({ ...before, [question.key]: edit }))}
            />
          ))}
        </Card>
      )}
    </Step>
  );
};
