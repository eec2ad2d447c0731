/** `home.status`: the bootstrap state, what is looked after, whether it is safe, and what needs doing. Creates nothing. */
import { Buffer } from 'node:buffer';
import type { Output } from '../../contract/commands.ts';
import { describeError } from '../../contract/errors.ts';
import type { HomeState, Notice } from '../../contract/home.ts';
import { logNotices } from '../audit/notices.ts';
import { fail, ok, type Result } from '../../contract/result.ts';
import { listBackups } from '../backup/list.ts';
import { policyState } from '../backup/policy.ts';
import type { Context } from '../context.ts';
import type { Definition } from '../definitions/types.ts';
import { inClearWords, secretsInClear, type InClear } from '../migration/in-clear.ts';
import { homeKeys } from '../secrets/home-keys.ts';
import type { KeysFile } from '../secrets/keys-format.ts';
import type { Store } from '../store/types.ts';
import { mirrorLines, type MirrorLine } from '../mirrors/health.ts';
import { knownNow } from '../mirrors/known.ts';
import { quarantineSize } from '../recovery/quarantine.ts';
import { trialsOf } from '../versions/trial.ts';
import { findDrift } from './drift.ts';
import { answeredKeys } from './answered.ts';
import { auditHead, filesBehind, filesOfRun, homeCounts, lastRun, metaValue } from './queries.ts';

type Status = Output<'home.status'>;

const emptyCounts = { settings: 0, secrets: 0, integrations: 0, records: 0, users: 0, changes: 0, backups: 0 };

const withoutStore = (ctx: Context, state: HomeState): Status => ({
  state,
  home: ctx.homeDir,
  definition: null,
  definitionTitle: null,
  store: null,
  counts: emptyCounts,
  drift: [],
  lastBackup: null,
  backup: { every: 'off', nextAt: null, failed: null, rehearsedAt: null },
  notices: [],
  keys: 'none',
  filesBehind: [],
  migratedAt: null,
  migratedFiles: 0,
  readOnly: ctx.readOnly(),
  quarantine: quarantineSize(ctx.holdfastDir),
  trials: [],
});

const plural = (count: number, one: string, many: string): string => `${String(count)} ${count === 1 ? one : many}`;

const recoveryNotices = (keys: KeysFile | null): Notice[] => {
  if (keys === null || keys.recoveryConfirmedAt !== null) return [];
  const made = keys.slots.some((slot) => slot.kind === 'recovery');
  const message = made
    ? 'The recovery code was not typed back yet: without it a backup does not open on another machine'
    : 'There is no recovery code yet: if this folder is lost, its backups cannot be opened';
  return [{ id: made ? 'recovery-unconfirmed' : 'recovery-missing', severity: 'warning', message, page: 'overview' }];
};

/** What is encrypted in the store and readable beside it is not hidden. */
const inClearNotices = (inClear: InClear): Notice[] =>
  inClear.secrets === 0
    ? []
    : [{ id: 'secrets-in-clear', severity: 'info', message: inClearWords(inClear), page: 'migration' }];

const driftNotices = (drift: Status['drift']): Notice[] =>
  drift.map((one) => ({
    id: `drift:${one.file}`,
    severity: 'warning',
    message: {
      changed: `${one.file} was changed outside Holdfast since it was read`,
      removed: `${one.file} was removed since it was read`,
      added: `${one.file} has appeared since the migration`,
      unreadable: `${one.file} can no longer be read`,
    }[one.status],
    page: 'migration',
  }));

const mirrorNotices = (mirrors: readonly MirrorLine[]): Notice[] =>
  mirrors.flatMap(({ file, state, reason }) =>
    state === 'behind'
      ? [
          {
            id: `mirror:${file}`,
            severity: 'warning' as const,
            message: `${file} does not have the last changes yet: ${reason ?? 'it is still to be written'}`,
            page: 'migration',
          },
        ]
      : [],
  );

const unlistedNotices = (listing: Result<unknown>): Notice[] =>
  listing.ok
    ? []
    : [{ id: 'backup-unlisted', severity: 'error', message: describeError(listing.error), page: 'backups' }];

/** Until the next success: nobody watches a schedule. */
const failureNotices = ({ failed }: Status['backup']): Notice[] =>
  failed === null
    ? []
    : [
        {
          id: 'backup-failed',
          severity: 'error',
          message:
            failed.what === 'backup'
              ? `The scheduled backup failed: ${failed.problem}`
              : `The newest backup failed its rehearsal: ${failed.problem}`,
          page: 'backups',
          at: failed.at,
        },
      ];

const backupNotices = (status: Pick<Status, 'lastBackup' | 'counts'>, now: string): Notice[] => {
  if (status.counts.settings === 0) return [];
  if (status.lastBackup === null) {
    return [{ id: 'backup-missing', severity: 'warning', message: 'There is no backup yet', page: 'backups' }];
  }
  const days = Math.floor((Date.parse(now) - Date.parse(status.lastBackup.at)) / 86_400_000);
  if (days >= 7) {
    const message = `The last backup is ${plural(days, 'day', 'days')} old`;
    return [{ id: 'backup-old', severity: 'warning', message, page: 'backups' }];
  }
  return status.lastBackup.provenAt === null
    ? [
        {
          id: 'backup-unproven',
          severity: 'info',
          message: 'The last backup is sealed, and will be proven when keys are unlocked',
          page: 'backups',
        },
      ]
    : [];
};

const readOnlyNotices = (reason: string | null): Notice[] =>
  reason === null
    ? []
    : [{ id: 'read-only', severity: 'warning', message: `Nothing can be changed here: ${reason}`, page: 'doctor' }];

const stateOf = (
  ctx: Context,
  definition: Definition | null,
  facts: { run: boolean; changes: number; answered: Set<string>; setupOpen: boolean },
): HomeState => {
  if (!facts.run && facts.changes === 0) return 'EMPTY_DATABASE';
  const open = (definition?.wizard ?? []).filter(
    (question) => question.required === true && !facts.answered.has(question.key),
  );
  if (definition === null || open.length > 0 || facts.setupOpen) return 'UNCONFIGURED';
  return ctx.door.running() ? 'RUNNING' : 'CONFIGURED';
};

const withStore = async (ctx: Context, store: Store): Promise<Result<Status>> => {
  const definition = await ctx.definition();
  const questions = definition?.wizard ?? [];
  const facts = await ctx.read((reader) => {
    const run = lastRun(reader);
    return {
      run,
      files: run === undefined ? [] : filesOfRun(reader, run.id),
      known: knownNow(reader),
      mirrors: mirrorLines(ctx.homeDir, reader),
      counts: homeCounts(reader),
      head: auditHead(reader),
      behind: filesBehind(reader),
      answered: answeredKeys(reader, questions),
      setupOpen: metaValue(reader, 'setup_open') === '1',
      inClear: secretsInClear(reader, ctx.homeDir),
      trials: trialsOf(reader),
    };
  });
  if (!facts.ok) return facts;
  const { run, files, known, counts, head, answered, setupOpen, mirrors } = facts.data;
  const mirrored = new Set(mirrors.map((mirror) => mirror.file));
  // A mirrored file has the changes as soon as it is in step, whatever was imported from it once.
  const behind = [
    ...facts.data.behind.filter((file) => !mirrored.has(file)),
    ...mirrors.filter((mirror) => mirror.state !== 'in-step').map((mirror) => mirror.file),
  ].toSorted();
  const listing = await listBackups(ctx);
  // The rest of the home is as usable as before.
  const backups = listing.ok ? listing : ok([]);
  const newest = backups.data.find(
    (backup) => backup.kind === 'store' && backup.error === null && backup.elsewhere === null,
  );
  const { plan } = await policyState(ctx, backups.data);
  const keys = await homeKeys(ctx.holdfastDir, ctx.store);
  const info = store.info();
  const drift = findDrift(ctx.homeDir, known);
  const lastBackup =
    newest === undefined
      ? null
      : { path: newest.path, at: newest.at, sealed: newest.sealed, provenAt: newest.provenAt };
  const status: Status = {
    state: stateOf(ctx, definition, { run: run !== undefined, changes: counts.changes, answered, setupOpen }),
    home: ctx.homeDir,
    definition: definition?.id ?? null,
    definitionTitle: definition?.title ?? null,
    store: {
      path: info.imagePath.startsWith(ctx.homeDir) ? info.imagePath.slice(ctx.homeDir.length + 1) : info.imagePath,
      sizeBytes: info.imageBytes,
      journalBytes: info.journalBytes,
      schemaVersion: info.schemaVersion,
      auditHead: head === null ? null : Buffer.from(head).toString('hex'),
    },
    counts: { ...counts, backups: backups.data.filter((backup) => backup.elsewhere === null).length },
    drift,
    lastBackup,
    backup: plan,
    notices: [],
    keys: !keys.ok
      ? 'locked'
      : keys.data === null
        ? 'none'
        : (await ctx.keyringIfUnlocked()) === null
          ? 'locked'
          : 'unlocked',
    filesBehind: behind,
    migratedAt: run?.at ?? null,
    migratedFiles: files.filter((file) => file.status === 'read').length,
    readOnly: ctx.readOnly(),
    quarantine: quarantineSize(ctx.holdfastDir),
    trials: facts.data.trials,
  };
  const notices: Notice[] = [
    ...readOnlyNotices(status.readOnly),
    ...store.notices().map((notice) => ({ ...notice, page: 'doctor' })),
    ...(keys.ok
      ? []
      : [{ id: 'keys-unusable', severity: 'error' as const, message: describeError(keys.error), page: 'doctor' }]),
    ...(keys.ok
      ? (keys.data?.notices ?? []).map((message) => ({
          id: 'keys-copy',
          severity: 'warning' as const,
          message,
          page: 'doctor',
        }))
      : []),
    ...(keys.ok ? recoveryNotices(keys.data?.file ?? null) : []),
    ...driftNotices(drift),
    ...inClearNotices(facts.data.inClear),
    ...mirrorNotices(mirrors),
    ...unlistedNotices(listing),
    ...(await logNotices(ctx, store)),
    ...failureNotices(status.backup),
    ...(listing.ok
      ? []
      : [
          {
            id: 'backups-unreadable',
            severity: 'warning' as const,
            message: `The folder of the backups cannot be read: ${describeError(listing.error)}`,
            page: 'backups' as const,
          },
        ]),
    ...backupNotices(status, ctx.clock.now()),
  ];
  return ok({ ...status, notices });
};

export const homeStatus = async (ctx: Context): Promise<Result<Status>> => {
  const store = await ctx.store();
  if (store.ok) return withStore(ctx, store.data);
  switch (store.error.type) {
    case 'NotFound': {
      const status = withoutStore(ctx, 'NO_DATABASE');
      return ok({ ...status, notices: readOnlyNotices(status.readOnly) });
    }
    case 'UpgradeNeeded':
      return ok({
        ...withoutStore(ctx, 'UPGRADE_NEEDED'),
        notices: [
          {
            id: 'upgrade',
            severity: 'warning',
            message: `This store has schema ${String(store.error.found)} and must be upgraded to ${String(store.error.needed)} first: holdfast schema upgrade. Nothing in it was changed`,
          },
        ],
      });
    default:
      return fail(store.error);
  }
};
