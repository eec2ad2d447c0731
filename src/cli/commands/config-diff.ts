/** `config diff A B [PREFIX]`: two versions side by side. A backup is named as in `backup verify`. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Input } from '../../contract/commands.ts';
import { ok, type Result } from '../../contract/result.ts';
import { readSecretFile } from '../credential.ts';
import { formatTime, printable } from '../format.ts';
import { answer, trouble, type Outcome } from '../outcome.ts';
import { parseMoment } from '../parse-value.ts';
import type { Session } from '../session.ts';
import { backupRef } from './backup.ts';
import { changeTable } from './changes.ts';
import { incompleteText } from './config-look.ts';
import type { Run } from './run.ts';

export type RefOptions = { backupPassphraseFile?: string; bundlePassphraseFile?: string };
type Named = { ref: string } & Pick<Input<'versions.diff'>, 'file' | 'credential'>;

/** A file, else a template of that name. */
const bundleRef = async (session: Session, path: string, options: RefOptions): Promise<Result<Named>> => {
  const given = options.bundlePassphraseFile;
  const passphrase = given === undefined ? null : readSecretFile(given, session.io.cwd, '--bundle-passphrase-file');
  if (passphrase?.ok === false) return passphrase;
  const credential = passphrase === null ? {} : { credential: { passphrase: passphrase.data } };
  const ref = `bundle:${path}`;
  if (!existsSync(resolve(session.io.cwd, path))) return ok({ ref, ...credential });
  const file = await session.file(path, 'read');
  return file.ok ? ok({ ref, file: file.data, ...credential }) : file;
};

/** A reference as the core takes it: a backup outside the home becomes an opened file. */
export const readReference = async (session: Session, text: string, options: RefOptions): Promise<Result<Named>> => {
  if (text === 'now' || text === 'files' || text.startsWith('cs:')) return ok({ ref: text });
  if (text.startsWith('bundle:')) return bundleRef(session, text.slice('bundle:'.length), options);
  if (!text.startsWith('backup:')) {
    const time = parseMoment(text, session.now, 'VERSION', true);
    return time.ok ? ok({ ref: time.data }) : time;
  }
  const backup = await backupRef(session, text.slice('backup:'.length));
  if (!backup.ok) return backup;
  const given = options.backupPassphraseFile;
  const passphrase = given === undefined ? null : readSecretFile(given, session.io.cwd, '--backup-passphrase-file');
  if (passphrase?.ok === false) return passphrase;
  const credential = passphrase === null ? {} : { credential: { passphrase: passphrase.data } };
  return ok(
    'file' in backup.data
      ? { ref: text, file: backup.data.file, ...credential }
      : { ref: `backup:${backup.data.path}`, ...credential },
  );
};

const diff = async (session: Session, a: string, b: string, prefix: string | undefined, options: RefOptions) => {
  const [from, to] = [await readReference(session, a, options), await readReference(session, b, options)];
  if (!from.ok) return trouble(from);
  if (!to.ok) return trouble(to);
  const { ref: first, ...opened } = from.data;
  const { ref: second, ...other } = to.data;
  const only = prefix === undefined ? {} : { prefix };
  const result = await session.call('versions.diff', { a: first, b: second, ...only, ...opened, ...other });
  if (!result.ok) return trouble(result);
  const { changes, totals } = result.data;
  const named = (one: { ref: string; at: string | null }): string =>
    one.at === null || one.ref === 'now' ? printable(one.ref) : `${printable(one.ref)} (${formatTime(one.at)})`;
  const head = `From ${named(result.data.a)} to ${named(result.data.b)}:`;
  const counts = `${String(totals.add)} added, ${String(totals.update)} changed, ${String(totals.delete)} removed, ${String(totals.same)} the same`;
  return answer(result.data, [
    head,
    '',
    ...changeTable(changes, session),
    ...(changes.length === 0 ? [] : ['']),
    counts,
    ...(result.data.a.incomplete === true || result.data.b.incomplete === true ? [incompleteText] : []),
  ]);
};

export const addDiff = (config: Command, run: Run): void => {
  config
    .command('diff')
    .description('what differs between two versions')
    .argument('<a>', 'now, a time, cs:ID, backup:FILE, bundle:FILE or files')
    .argument('<b>', 'the same')
    .argument('[prefix]', 'only what lies at or under this key')
    .option('--backup-passphrase-file <file>', 'the passphrase of the backup')
    .option('--bundle-passphrase-file <file>', 'the passphrase of the secrets in the bundle')
    .action((a: string, b: string, prefix: string | undefined, options: RefOptions) =>
      run((session): Promise<Outcome> => diff(session, a, b, prefix, options)),
    );
};
