/** A file or folder: typed, or chosen in the system's own dialog where the door has one. */
import { FolderOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useDoor } from '../../client.ts';
import { messages } from '../../messages.en.ts';
import { IconButton } from '../../ui/button.tsx';
import { TextInput } from '../../ui/field.tsx';
import { toastError } from '../../ui/toast.tsx';
import { isText, textOf, type FieldProps, type KindOfField } from './field-props.ts';
import css from './fields.module.css';

const PathField = ({
  id,
  labelledBy,
  describedBy,
  invalid,
  setting,
  value,
  empty,
  onEdit,
  onLeave,
}: FieldProps): ReactNode => {
  const { pickPath } = useDoor();
  const pick = async (): Promise<void> => {
    const answer = await pickPath?.();
    if (answer === undefined) return;
    if (!answer.ok) toastError(answer.error);
    else if (answer.data !== null) onEdit({ op: 'set', value: answer.data.path });
  };
  return (
    <span className={css['path']}>
      <TextInput
        id={id}
        aria-labelledby={labelledBy}
        aria-describedby={describedBy}
        invalid={invalid}
        mono
        placeholder={empty}
        value={textOf(value)}
        onChange={(text) => onEdit({ op: 'set', value: text })}
        onBlur={onLeave}
      />
      {pickPath === null ? null : (
        <IconButton
          label={messages.settings.fields.pick(setting.title)}
          icon={FolderOpen}
          onClick={() => void pick()}
        />
      )}
    </span>
  );
};

export const fields: readonly KindOfField[] = [{ kinds: ['path'], shows: isText, Field: PathField }];
