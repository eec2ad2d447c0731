/** A list of texts: each can be removed, new ones are added at the end. Order is kept. */
import { Plus, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { messages } from '../../messages.en.ts';
import { Button } from '../../ui/button.tsx';
import { TextInput } from '../../ui/field.tsx';
import { isText, type FieldProps, type KindOfField } from './field-props.ts';
import css from './fields.module.css';

const say = messages.settings.fields;

const ListField = ({ id, describedBy, invalid, setting, value, empty, onEdit, onLeave }: FieldProps): ReactNode => {
  const [text, setText] = useState('');
  const items = Array.isArray(value) ? value.map(String) : [];
  const set = (next: string[]): void => onEdit({ op: 'set', value: next });
  const add = (): void => {
    if (text.trim() === '') return;
    set([...items, text.trim()]);
    setText('');
  };
  return (
    <div className={css['list']}>
      <ul className={css['chips']} aria-label={setting.title}>
        {items.length === 0 ? <li className="small muted">{empty ?? say.emptyList}</li> : null}
        {items.map((item, index) => (
          <li key={`${String(index)}:${item}`} className={css['chip']}>
            <span>{item}</span>
            <button
              type="button"
              aria-label={say.removeItem(item)}
              title={say.removeItem(item)}
              onClick={() => set(items.filter((_, i) => i !== index))}
            >
              <X aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <form
        className={css['add']}
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <TextInput
          id={id}
          aria-label={say.addLabel(setting.title)}
          aria-describedby={describedBy}
          invalid={invalid}
          value={text}
          onChange={setText}
          onBlur={onLeave}
        />
        <Button icon={Plus} onClick={add}>
          {say.addItem}
        </Button>
      </form>
    </div>
  );
};

export const fields: readonly KindOfField[] = [
  { kinds: ['list'], shows: (value) => Array.isArray(value) && value.every(isText), Field: ListField },
];
