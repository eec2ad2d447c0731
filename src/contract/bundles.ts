/**
 * Bundles: settings, integrations and records as one JSON file, to share between homes. Secrets are left out, or stand in
 * it encrypted with a passphrase. A template is a bundle that is kept under a name, without secrets. The support bundle
 * holds no value at all.
 */
import { FileHandle, Json, Strict, Time, Type, command, query, type Static } from './command.ts';
import { ChangeSetResult, Reason } from './settings.ts';
import { LeftOut, VersionChange } from './versions.ts';

const Passphrase = Type.String({ minLength: 1, maxLength: 1024 });
const Key = Type.String({ minLength: 1, maxLength: 1024 });
/** Only what lies at or under these keys, of whatever kind. */
const Only = Type.Optional(Type.Array(Key, { minItems: 1, maxItems: 1000 }));
const parts = ['settings', 'integrations', 'records'] as const;
export type BundlePart = (typeof parts)[number];
const Part = Type.Unsafe<BundlePart>({ type: 'string', enum: [...parts] });
/** Of what it tells; the others are left alone by whoever takes it in. */
const Parts = Type.Optional(Type.Array(Part, { minItems: 1, maxItems: parts.length }));

/** The name of a file, too: no separators, and nothing that a system gives a meaning. */
export const templateName = '^[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9_-])?$';
export const TemplateName = Type.String({ pattern: templateName });

const KindAndKey = Type.Object({ kind: Type.String(), key: Type.String() });

const Counts = Type.Object({
  settings: Type.Integer(),
  integrations: Type.Integer(),
  records: Type.Integer(),
  /** Encrypted in it. */
  secrets: Type.Integer(),
});

const OfDefinition = Type.Object({ id: Type.String(), title: Type.String(), version: Type.Integer() });

/** What a bundle is, without its values. */
export const BundleFacts = Type.Object({
  title: Type.Union([Type.String(), Type.Null()]),
  made: Time,
  /** The Holdfast that wrote it. */
  app: Type.String(),
  definition: Type.Union([OfDefinition, Type.Null()]),
  only: Type.Union([Type.Array(Type.String()), Type.Null()]),
  parts: Type.Array(Part),
  counts: Counts,
  /** What it does not hold, and why: above all secrets. */
  leftOut: Type.Array(LeftOut),
});
export type BundleFacts = Static<typeof BundleFacts>;

const Written = Type.Object({ path: Type.String(), dryRun: Type.Boolean(), ...BundleFacts.properties });

const importing = {
  /** `merge` (the default) leaves what the bundle does not name; `replace` removes it, as far as the bundle goes. */
  mode: Type.Optional(Type.Union([Type.Literal('merge'), Type.Literal('replace')])),
  /** Also takes what the application here does not know, when the bundle is of another one. */
  create: Type.Optional(Type.Boolean()),
  reason: Type.Optional(Reason),
  dryRun: Type.Optional(Type.Boolean()),
};

export const ImportResult = Type.Object({
  changeSet: ChangeSetResult.properties.changeSet,
  dryRun: Type.Boolean(),
  mode: Type.Union([Type.Literal('merge'), Type.Literal('replace')]),
  bundle: BundleFacts,
  changes: Type.Array(VersionChange),
  /** What stays out, and why; everything else goes ahead. */
  left: Type.Array(LeftOut),
  /** What to know beside that: another application, another version of its definition. */
  notes: Type.Array(Type.String()),
  /** Secrets that the bundle leaves out and that are not set here either. */
  missing: Type.Array(KindAndKey),
  /** What the bundle names and is here already as it says. */
  same: Type.Array(KindAndKey),
  /** Among `left`: what does not exist in the application here, and `create` would take. */
  unknown: Type.Array(KindAndKey),
  /** Among `changes`: what somebody set here after the bundle was made. */
  conflicts: Type.Array(Type.Object({ ...KindAndKey.properties, at: Time, actor: Type.String() })),
  notMirrored: Type.Optional(Type.Array(Type.String())),
});
export type ImportResult = Static<typeof ImportResult>;

export const bundleCommands = {
  /**
   * With `passphrase` the secrets come along, encrypted with it; that needs the admin role and leaves an entry. With
   * `template` it writes that template as it is, and nothing else may be asked for.
   */
  'bundle.export': command(
    Strict({
      file: FileHandle,
      title: Type.Optional(Type.String({ maxLength: 200 })),
      only: Only,
      parts: Parts,
      template: Type.Optional(TemplateName),
      passphrase: Type.Optional(Passphrase),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Written,
    { permission: 'view', audit: 'event' },
  ),
  /** Nothing is compared with this home. Secrets are never shown. */
  'bundle.show': query(
    Strict({ file: FileHandle }),
    Type.Object({
      ...BundleFacts.properties,
      settings: Type.Record(Type.String(), Json),
      integrations: Type.Array(
        Type.Object({
          id: Type.String(),
          type: Type.String(),
          name: Type.String(),
          enabled: Type.Boolean(),
          fields: Type.Record(Type.String(), Json),
        }),
      ),
      /** How many, by collection. */
      records: Type.Record(Type.String(), Type.Integer()),
    }),
  ),
  /**
   * One change set. Errors: `FileInvalid` with the place, `SecretsLocked` when it holds secrets and neither `passphrase`
   * nor `withoutSecrets` is given, `WrongKey`, `InputInvalid` where something critical wants a reason.
   */
  'bundle.import': command(
    Strict({
      file: FileHandle,
      passphrase: Type.Optional(Passphrase),
      withoutSecrets: Type.Optional(Type.Boolean()),
      ...importing,
    }),
    ImportResult,
  ),
  'template.list': query(
    Strict({}),
    Type.Object({
      templates: Type.Array(
        Type.Object({
          name: Type.String(),
          /** Why it cannot be used; null when nothing is wrong with it. */
          problem: Type.Union([Type.String(), Type.Null()]),
          bundle: Type.Union([BundleFacts, Type.Null()]),
        }),
      ),
    }),
  ),
  /**
   * Kept in Holdfast's own folder, for every home. The same name again needs `replace`. With `file` it is that bundle,
   * without its secrets, instead of what is here.
   */
  'template.save': command(
    Strict({
      name: TemplateName,
      title: Type.Optional(Type.String({ maxLength: 200 })),
      only: Only,
      parts: Parts,
      file: Type.Optional(FileHandle),
      replace: Type.Optional(Type.Boolean()),
      dryRun: Type.Optional(Type.Boolean()),
    }),
    Written,
    { audit: 'event' },
  ),
  'template.apply': command(Strict({ name: TemplateName, ...importing }), ImportResult),
  'template.remove': command(Strict({ name: TemplateName }), Type.Object({ name: Type.String() }), { audit: 'event' }),
  /** Facts for a report about a problem: versions, checks, counts, names of settings. No value, no secret, no path. */
  'support.bundle': query(
    Strict({ file: FileHandle, dryRun: Type.Optional(Type.Boolean()) }),
    Type.Object({
      path: Type.String(),
      dryRun: Type.Boolean(),
      sizeBytes: Type.Integer(),
      parts: Type.Array(Type.String()),
    }),
  ),
};
