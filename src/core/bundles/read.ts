/** A bundle from a file, checked, and its secrets opened where the passphrase is given. */
import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { armor } from 'age-encryption';
import { fail, ok, type Result } from '../../contract/result.ts';
import { decryptFile } from '../backup/age-file.ts';
import type { Context } from '../context.ts';
import { parseBundle, parseSecrets, type Bundle, type Secrets } from './format.ts';
import { readJsonFile } from './json-file.ts';

export type ReadBundle = { name: string; bundle: Bundle };

export const readBundleAt = async (path: string, name: string): Promise<Result<ReadBundle>> => {
  const file = await readJsonFile(path, name);
  if (!file.ok) return file;
  const bundle = parseBundle(file.data);
  return bundle.ok ? ok({ name, bundle: bundle.data }) : bundle;
};

/** Errors: `NotFound`, `Unreadable`, `FileInvalid` with the place. */
export const readBundle = async (ctx: Context, handle: string): Promise<Result<ReadBundle>> => {
  const file = ctx.file(handle);
  return file.ok ? readBundleAt(file.data.path, file.data.name) : file;
};

export const templateEnding = '.json';
export const templatesFolder = (ctx: Context): string => join(ctx.configDir, 'templates');
/** `name` is one that the contract allows: no part of it is a folder. */
export const templatePath = (ctx: Context, name: string): string =>
  join(templatesFolder(ctx), `${name}${templateEnding}`);

/** Errors: `NotFound`, `Unreadable`, `FileInvalid`. */
export const readTemplate = async (ctx: Context, name: string): Promise<Result<ReadBundle>> => {
  const found = await readBundleAt(templatePath(ctx, name), name);
  return !found.ok && found.error.type === 'NotFound' ? fail({ type: 'NotFound', what: 'template', name }) : found;
};

const unarmored = (text: string): Uint8Array | null => {
  try {
    return armor.decode(text);
  } catch {
    return null;
  }
};

/** Errors: `WrongKey`, `FileInvalid`. */
export const openSecrets = async ({ name, bundle }: ReadBundle, passphrase: string): Promise<Result<Secrets>> => {
  const invalid = fail({ type: 'FileInvalid', file: name, problem: 'its secrets were changed or cut off' });
  const bytes = unarmored(bundle.secrets?.age ?? '');
  if (bytes === null) return invalid;
  const plain = await decryptFile(`the secrets of ${name}`, bytes, { identities: [], passphrase });
  if (!plain.ok)
    return plain.error.type === 'WrongKey'
      ? fail({ ...plain.error, needs: 'the passphrase that was given when the bundle was made' })
      : invalid;
  const secrets = parseSecrets(Buffer.from(plain.data).toString('utf8'));
  return secrets === null ? invalid : ok(secrets);
};
