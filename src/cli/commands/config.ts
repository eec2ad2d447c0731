/** `config …`: look at settings, change them in change sets, undo and redo. */
import type { Command } from 'commander';
import { withReason } from '../critical.ts';
import { formatWhen, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';
import { applyFile, type ApplyOptions } from './config-apply.ts';
import { addDiff } from './config-diff.ts';
import { lockSetting, unlockSetting } from './config-lock.ts';
import { addReading, addTime } from './config-look.ts';
import { resetSettings, type ResetOptions } from './config-reset.ts';
import { addRevert } from './config-revert.ts';
import { setSetting, type SetOptions } from './config-set.ts';
import type { AddCommands, Run } from './run.ts';

const unset = async (session: Session, key: string): Promise<Outcome> => {
  const changes = [{ key, op: 'unset' as const }];
  const result = await withReason(session, (reason) =>
    session.call('settings.apply', { changes, ...reason, ...(session.dryRun ? { dryRun: true } : {}) }),
  );
  return result.ok ? answer(result.data, changeText(result.data, 'Removed', session)) : trouble(result);
};

const takeBack = async (session: Session, name: 'settings.undo' | 'settings.redo'): Promise<Outcome> => {
  const result = await session.call(name, { ...session.reason(), ...(session.dryRun ? { dryRun: true } : {}) });
  if (!result.ok) return trouble(result);
  const { of, by } = result.data;
  const whose = by === undefined ? '' : ` of ${printable(by.actor)}, made ${formatWhen(by.at, session.now)}`;
  const verb = `${name === 'settings.undo' ? 'Undid' : 'Redid'} change set ${of}${whose}:`;
  return answer(result.data, changeText(result.data, verb, session));
};

const addChanging = (config: Command, run: Run): void => {
  config
    .command('set')
    .description('set one value; a secret comes from --stdin, --from-file or a prompt, never as VALUE')
    .argument('<key>')
    .argument('[value]', 'read by the type of the setting; a list is comma separated')
    .option('--json-value', 'the value is JSON')
    .option('--create', 'make a setting that nobody knows yet')
    .option('--stdin', 'read the value from stdin, without its last line break')
    .option('--from-file <file>', 'read the value from a file, without its last line break')
    .option('--generate', 'a new random secret of 43 characters, shown nowhere')
    .option('--for <time>', 'on trial: goes back by itself after this time, such as 10m')
    .action((key: string, value: string | undefined, options: SetOptions) =>
      run((session) => setSetting(session, key, value, options)),
    );
  config
    .command('apply')
    .description('many settings from one JSON file, as one change set')
    .argument('<file>', 'values by key, flat or nested; - is stdin')
    .option('--create', 'make settings that nobody knows yet')
    .action((file: string, options: ApplyOptions) => run((session) => applyFile(session, file, options)));
  config
    .command('unset')
    .description('remove the stored value; the default shows again')
    .argument('<key>')
    .action((key: string) => run((session) => unset(session, key)));
  config
    .command('reset')
    .description('back to the default: one setting, a group, or everything')
    .argument('[prefix]', 'settings at or under this key')
    .option('--all', 'every setting that has a default')
    .option('--setup', 'ask the set-up questions again; removes no value')
    .action((prefix: string | undefined, options: ResetOptions) =>
      run((session) => resetSettings(session, prefix, options)),
    );
  config
    .command('lock')
    .description('nobody changes this setting until it is unlocked; --reason says why')
    .argument('<key>')
    .action((key: string) => run((session) => lockSetting(session, key)));
  config
    .command('unlock')
    .description('let a setting be changed again')
    .argument('<key>')
    .action((key: string) => run((session) => unlockSetting(session, key)));
  config
    .command('undo')
    .description('take back the newest change set, as a new one')
    .action(() => run((session) => takeBack(session, 'settings.undo')));
  config
    .command('redo')
    .description('take back the newest undo')
    .action(() => run((session) => takeBack(session, 'settings.redo')));
};

export const addConfig: AddCommands = (program, run) => {
  const config = program.command('config').description('look at settings, change them, undo');
  addReading(config, run);
  addTime(config, run);
  addDiff(config, run);
  addChanging(config, run);
  addRevert(config, run);
};
