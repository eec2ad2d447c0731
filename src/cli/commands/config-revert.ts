/** Going back in a terminal: `config revert`, `config pick`, `config undelete`, named versions, and changes on trial. */
import type { Command } from 'commander';
import type { Output } from '../../contract/commands.ts';
import { fail, type Result } from '../../contract/result.ts';
import { formatCount, formatTime, printable, table } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseMoment } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { changeText } from './changes.ts';
import { readReference, type RefOptions } from './config-diff.ts';
import { collect, type Run } from './run.ts';

type Force = { force?: boolean };
type RevertOptions = Force & { to?: string; only?: string[] };

const writing = (session: Session, options: Force) => ({
  ...session.reason(),
  ...(session.dryRun ? { dryRun: true } : {}),
  ...(options.force === true ? { over: true } : {}),
});

const told = (session: Session, result: Result<Output<'versions.revert'>>): Outcome => {
  if (!result.ok) return trouble(result);
  const { left, later } = result.data;
  return answer(result.data, [
    ...changeText(result.data, 'Brought back', session),
    ...left.map((one) => `  not brought back: ${printable(one.key)}: ${printable(one.problem)}`),
    ...later.map(
      (one) => `  takes back a later change: ${printable(one.key)}, by ${printable(one.actor)}, ${formatTime(one.at)}`,
    ),
  ]);
};

const revert = async (session: Session, changeSet: string | undefined, options: RevertOptions): Promise<Outcome> => {
  if ((changeSet === undefined) === (options.to === undefined))
    return trouble(fail({ type: 'Usage', message: 'Give config revert either CHANGESET or --to TIME.' }));
  const keys = options.only === undefined ? {} : { keys: options.only };
  const common = { ...keys, ...writing(session, options) };
  if (changeSet !== undefined) {
    const uid = changeSet.replace(/^cs:/u, '');
    return told(session, await session.call('versions.revert', { changeSet: uid, ...common }));
  }
  const { to = '' } = options;
  const time = to.startsWith('cs:') ? null : parseMoment(to, session.now, '--to', true);
  if (time?.ok === false) return trouble(time);
  return told(session, await session.call('versions.revert', { to: time?.data ?? to, ...common }));
};

const pick = async (session: Session, from: string, keys: string[], options: Force & RefOptions): Promise<Outcome> => {
  const reference = await readReference(session, from, options);
  if (!reference.ok) return trouble(reference);
  const { ref, ...opened } = reference.data;
  return told(
    session,
    await session.call('versions.pick', { from: ref, keys, ...opened, ...writing(session, options) }),
  );
};

const listVersions = async (session: Session): Promise<Outcome> => {
  const result = await session.call('versions.list', {});
  if (!result.ok) return trouble(result);
  const { named, versions } = result.data;
  const names = new Map(named.map((one) => [one.version.changeSet, one.name]));
  const shown = [...named.map((one) => one.version), ...versions.filter((one) => !names.has(one.changeSet))];
  const rows = shown.map((one) => [
    one.changeSet,
    formatTime(one.at),
    printable(one.actor),
    one.kind,
    String(one.changes),
    printable(names.get(one.changeSet) ?? one.reason ?? ''),
  ]);
  const columns = ['CHANGE SET', 'WHEN', 'WHO', 'KIND', 'CHANGES', 'NAME OR REASON'].map((title) => ({ title }));
  return answer(
    result.data,
    rows.length === 0 ? ['Nothing was changed yet.'] : table(columns, rows, session.width, session.io.strong),
  );
};

type NameOptions = { note?: string; pin?: boolean };

const nameVersion = async (session: Session, name: string, changeSet: string | undefined, options: NameOptions) => {
  const result = await session.call('versions.name', {
    name,
    ...(changeSet === undefined ? {} : { changeSet: changeSet.replace(/^cs:/u, '') }),
    ...(options.note === undefined ? {} : { note: options.note }),
    ...(options.pin === true ? { pinned: true } : {}),
  });
  return result.ok
    ? answer(result.data, [`"${printable(name)}" is the version of ${formatTime(result.data.version.at)}.`])
    : trouble(result);
};

const unname = async (session: Session, name: string): Promise<Outcome> => {
  const result = await session.call('versions.unname', { name });
  return result.ok ? answer(result.data, ['The name is gone; the version stays.']) : trouble(result);
};

const listTrials = async (session: Session): Promise<Outcome> => {
  const result = await session.call('trial.list', {});
  if (!result.ok) return trouble(result);
  const lines = result.data.trials.map(
    (one) => `${one.changeSet}  until ${formatTime(one.until)}  ${one.keys.map(printable).join(', ')}`,
  );
  return answer(result.data, lines.length === 0 ? ['Nothing is on trial.'] : lines);
};

const oneTrial = (changeSet: string | undefined) => (changeSet === undefined ? {} : { changeSet });

const keepTrial = async (session: Session, changeSet: string | undefined): Promise<Outcome> => {
  const result = await session.call('trial.keep', oneTrial(changeSet));
  return result.ok
    ? answer(result.data, [`Kept ${formatCount(result.data.kept.length, 'trial change')}.`])
    : trouble(result);
};

const endTrial = async (session: Session, changeSet: string | undefined): Promise<Outcome> => {
  const result = await session.call('trial.end', oneTrial(changeSet));
  if (!result.ok) return trouble(result);
  const left = result.data.left.map((one) => `  stays: ${printable(one.key)}: ${printable(one.problem)}`);
  return answer(result.data, [`Took ${formatCount(result.data.changes.length, 'value')} back.`, ...left]);
};

const force = ['--force', 'also take back what somebody else changed later'] as const;

export const addRevert = (config: Command, run: Run): void => {
  config
    .command('revert')
    .description('take a change set back, or everything since a time, as a new change set')
    .argument('[changeset]')
    .option('--to <time>', 'as everything was then; also cs:ID')
    .option('--only <prefix...>', 'only what lies at or under these keys', collect)
    .option(...force)
    .action((id: string | undefined, options: RevertOptions) => run((session) => revert(session, id, options)));
  config
    .command('pick')
    .description('bring some values of another version into now')
    .argument('<from>', 'a time, cs:ID, backup:FILE, bundle:FILE or files')
    .argument('<key...>')
    .option('--backup-passphrase-file <file>', 'the passphrase of the backup')
    .option('--bundle-passphrase-file <file>', 'the passphrase of the secrets in the bundle')
    .option(...force)
    .action((from: string, keys: string[], options: Force & RefOptions) =>
      run((session) => pick(session, from, keys, options)),
    );
  config
    .command('undelete')
    .description('bring a removed setting back as it was last')
    .argument('<key>')
    .action((key: string) =>
      run(async (session) => told(session, await session.call('versions.undelete', { key, ...writing(session, {}) }))),
    );
  const versions = config.command('version').description('names for versions');
  versions
    .command('list')
    .description('named versions and the newest ones')
    .action(() => run(listVersions));
  versions
    .command('name')
    .description('name the present version, or that of a change set')
    .argument('<name>')
    .argument('[changeset]')
    .option('--note <text>', 'what is good about it')
    .option('--pin', 'keep it on top of the list')
    .action((name: string, id: string | undefined, options: NameOptions) =>
      run((session) => nameVersion(session, name, id, options)),
    );
  versions
    .command('unname')
    .description('remove a name; the version stays')
    .argument('<name>')
    .action((name: string) => run((session) => unname(session, name)));
  const trial = config.command('trial').description('changes made with config set --for');
  trial
    .command('list')
    .description('what is on trial, and until when')
    .action(() => run(listTrials));
  trial
    .command('keep')
    .description('let it stay')
    .argument('[changeset]', 'all without it')
    .action((id: string | undefined) => run((session) => keepTrial(session, id)));
  trial
    .command('end')
    .description('take it back now')
    .argument('[changeset]', 'all without it')
    .action((id: string | undefined) => run((session) => endTrial(session, id)));
};
