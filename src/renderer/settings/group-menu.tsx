/** What can be done with the group that shows: select rows, edit it as JSON beside the form, copy it, reset it. */
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SettingView } from '../../contract/settings.ts';
import { messages } from '../messages.en.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { toast } from '../ui/toast.tsx';
import { copyAsJson, resetEdits, type StageEdits } from './bulk-bar.tsx';
import { rawButtonId } from './raw-pane.tsx';
import type { StagedEdits } from './staging.ts';

const say = messages.settings;

type Props = {
  /** Of the category; null when all show. */
  title: string | null;
  settings: readonly SettingView[];
  staged: StagedEdits;
  /** Whether it shows as JSON too. */
  raw: boolean;
  onRaw: (raw: boolean) => void;
  onStage: StageEdits;
  onSelect: () => void;
};

export const GroupMenu = ({ title, settings, staged, raw, onRaw, onStage, onSelect }: Props): ReactNode => {
  const name = title ?? say.title;
  const reset = (): void => {
    const edits = resetEdits(settings);
    if (edits.length === 0) toast({ title: say.bulk.nothing });
    else onStage(edits);
  };
  return (
    <>
      <Button small onClick={onSelect}>
        {say.bulk.start}
      </Button>
      <Button small id={rawButtonId} aria-expanded={raw} onClick={() => onRaw(!raw)}>
        {say.rawGroup(name)}
      </Button>
      <Menu
        align="end"
        entries={[
          { id: 'copy', label: say.copyJson, onSelect: () => copyAsJson(settings, staged) },
          {
            id: 'reset',
            label: title === null ? say.resetAll : say.resetGroup(title),
            command: 'settings.apply',
            onSelect: reset,
          },
        ]}
        trigger={<Button small aria-label={say.moreActions} title={say.moreActions} />}
      >
        <Ellipsis aria-hidden />
      </Menu>
    </>
  );
};
