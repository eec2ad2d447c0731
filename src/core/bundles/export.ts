/** `bundle.export`, `template.save`: this home's settings, integrations and records as one file. */
import { armor } from 'age-encryption';
import type { BundlePart } from '../../contract/bundles.ts';
import type { Input, Output } from '../../contract/commands.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { encryptFile } from '../backup/age-file.ts';
import type { Context, Handler } from '../context.ts';
import { appVersion } from '../version.ts';
import { writeWhole } from '../whole-file.ts';
import { collectBundle, type Collected } from './collect.ts';
import { bundleFormat, bundleText, bundleVersion, factsOf, type Bundle } from './format.ts';
import { readTemplate } from './read.ts';

type Wanted = Pick<Input<'bundle.export'>, 'title' | 'only' | 'parts' | 'passphrase'>;
const everything: readonly BundlePart[] = ['settings', 'integrations', 'records'];
type Written = Output<'bundle.export'>;

const sealSecrets = async (found: Collected, passphrase: string): Promise<NonNullable<Bundle['secrets']>> => {
  const plain = new TextEncoder().encode(JSON.stringify(found.secrets));
  const { bytes } = await encryptFile(plain, { passphrase });
  return { count: found.secretCount, age: armor.encode(bytes) };
};

/** Errors: `Forbidden` for secrets without the admin role, `SecretsLocked`, those of opening the store. */
export const makeBundle = async (ctx: Context, wanted: Wanted): Promise<Result<Bundle>> => {
  const { title, only, parts = everything, passphrase } = wanted;
  if (passphrase !== undefined && ctx.actor.role !== 'admin')
    return fail({
      type: 'Forbidden',
      action: 'bundle.export',
      role: ctx.actor.role,
      problem: 'Secrets leave a home only by the hand of an admin; export without them',
    });
  const keyring = passphrase === undefined ? ok(null) : await ctx.keyring('Secrets are to go into the bundle');
  if (!keyring.ok) return keyring;
  const definition = await ctx.definition();
  const read = await ctx.read((reader) =>
    collectBundle({ reader, definition, only: only ?? null, parts, keyring: keyring.data }),
  );
  if (!read.ok) return read;
  const { settings, integrations, records, leftOut, secretCount } = read.data;
  const about =
    definition === null ? null : { id: definition.id, title: definition.title, version: definition.version };
  return ok({
    format: bundleFormat,
    version: bundleVersion,
    title: title ?? null,
    made: ctx.clock.now(),
    app: appVersion,
    definition: about,
    only: only ?? null,
    ...(parts.includes('settings') ? { settings } : {}),
    ...(parts.includes('integrations') ? { integrations } : {}),
    ...(parts.includes('records') ? { records } : {}),
    leftOut,
    ...(passphrase === undefined || secretCount === 0 ? {} : { secrets: await sealSecrets(read.data, passphrase) }),
  });
};

/** Writes it, and the entry that says so before the file has its name. */
export const writeBundle = async (
  ctx: Context,
  bundle: Bundle,
  to: { path: string; name: string; noun: 'bundle' | 'template' },
): Promise<Result<Written>> => {
  const facts = factsOf(bundle);
  const noted = await ctx.commit({ kind: 'event' }, (changes) => {
    const { counts, only } = facts;
    changes.event(to.noun, to.name, to.noun === 'bundle' ? 'export' : 'save', { ...counts, only });
    return ok(null);
  });
  if (!noted.ok) return noted;
  const written = await writeWhole(to.path, bundleText(bundle), { what: `The ${to.noun}`, name: to.name });
  return written.ok ? ok({ path: to.name, dryRun: false, ...facts }) : written;
};

/** What is to be written: of this home, or a template as it is. */
const bundleFor = async (ctx: Context, { template, ...wanted }: Wanted & { template?: string }) => {
  if (template === undefined) return makeBundle(ctx, wanted);
  if (Object.keys(wanted).length > 0)
    return fail({
      type: 'InputInvalid',
      field: 'template',
      problem: 'is written as it is; ask for nothing else with it',
    });
  const found = await readTemplate(ctx, template);
  return found.ok ? ok(found.data.bundle) : found;
};

export const exportBundle: Handler<'bundle.export'> = async (ctx, { file, dryRun, ...wanted }) => {
  const target = ctx.file(file);
  if (!target.ok) return target;
  if (target.data.use !== 'write')
    return fail({ type: 'InputInvalid', field: 'file', problem: 'this file was opened for reading' });
  const { path, name } = target.data;
  const bundle = await bundleFor(ctx, wanted);
  if (!bundle.ok) return bundle;
  return dryRun === true
    ? ok({ path: name, dryRun: true, ...factsOf(bundle.data) })
    : writeBundle(ctx, bundle.data, { path, name, noun: 'bundle' });
};
