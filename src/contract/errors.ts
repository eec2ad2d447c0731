/**
 * The closed union of expected failures, and the three exhaustive tables over it: sentence, exit code, HTTP status.
 * To add an error: one member of `HoldfastError`; tsc then names the tables that miss it.
 */

/** A place in a file that a person can open: relative to the home; line and column count from 1. */
export type Place = { file: string; line?: number; column?: number };

/** One thing that can be opened when the store cannot: shown by the recovery screen and by `status`. */
export type RecoveryCandidate = {
  kind: 'image' | 'backup' | 'legacy';
  path: string;
  at: string | null;
  detail: string;
  /** What follows is filled in where somebody looked: `recovery.list` always does. */
  sizeBytes?: number;
  /** Kind of thing -> how many; null when it cannot be told without a key. */
  counts?: Record<string, number> | null;
  /** Why it cannot be opened, or what it lacks; null when nothing is wrong with it. */
  problem?: string | null;
  /** True when `recovery.open` can make it the store. */
  opens?: boolean;
};

export type ConflictItem = { file: string; path: string; key: string; reason: string };

export type HoldfastError =
  | { type: 'Usage'; message: string }
  | {
      type: 'InputInvalid';
      field: string;
      problem: string;
      /** Every place that is wrong, where a form can mark them. */
      invalid?: { field: string; problem: string }[];
    }
  | { type: 'SettingInvalid'; key: string; problem: string; invalid: { key: string; problem: string }[] }
  | ({ type: 'FileInvalid'; problem: string } & Place)
  | {
      type: 'Forbidden';
      action: string;
      role: string;
      /** Who and why, where more can be said than the role; without a full stop. */
      problem?: string;
    }
  | { type: 'BackupDamaged'; path: string; problem: string }
  | { type: 'WrongKey'; what: string; needs: string }
  | { type: 'Cancelled'; what: string }
  | { type: 'NotFound'; what: string; name: string }
  | { type: 'SettingUnknown'; key: string; nearest: string[] }
  | { type: 'StoreLocked'; pid: number; host: string; since: string; problem: string }
  | {
      type: 'OwnerVersionDiffers';
      ours: string;
      theirs: string;
      /** The process that has the home open. */
      pid?: number;
    }
  | { type: 'SecretsLocked'; what: string; choices: string[] }
  | { type: 'StoreDamaged'; problem: string; candidates: RecoveryCandidate[] }
  | {
      type: 'StoreFromNewerApp';
      found: number;
      supported: number;
      /** What is newer, where it is not the schema. */
      of?: 'journal format';
      /** The version of Holdfast that wrote its tables, where it can be told. */
      needs?: string;
      candidates: RecoveryCandidate[];
    }
  | { type: 'UpgradeNeeded'; found: number; needed: number; candidates: RecoveryCandidate[] }
  | { type: 'DiskFull'; what: string; neededBytes: number | null }
  | { type: 'DiskError'; what: string; code: string; path: string }
  | { type: 'OutcomeUnknown'; what: string }
  | { type: 'ReadOnly'; reason: string }
  | { type: 'Unreadable'; path: string; code: string }
  | { type: 'PlanOutdated'; changed: string[] }
  | { type: 'Conflict'; what: string; items: ConflictItem[] }
  /** `later`: who changed what after the change set `of`, so that it cannot be taken back by itself. */
  | { type: 'Stale'; keys: string[]; of?: string; later?: ChangedLater[] }
  | { type: 'CheckUnmet'; unmet: string[] }
  | { type: 'Unexpected'; logId: string };

/** A change that came after the one that was to be taken back. */
type ChangedLater = { kind: string; key: string; changeSet: string; at: string; actor: string };

export type ErrorType = HoldfastError['type'];

const at = (place: Place): string =>
  place.line === undefined
    ? place.file
    : `${place.file}:${String(place.line)}${place.column === undefined ? '' : `:${String(place.column)}`}`;

/** By whom and when; the first three of many. */
const laterWords = (later: readonly ChangedLater[]): string => {
  const said = later
    .slice(0, 3)
    .map((one) => `${one.key} was changed after it by ${one.actor} (${one.at.slice(0, 16).replace('T', ' ')} UTC)`);
  return [...said, ...(later.length > 3 ? [`${String(later.length - 3)} more were changed too`] : [])].join('; ');
};

/** One sentence: what happened, what is safe, what to do next. English; the same in window, browser and terminal. */
export const describeError = (error: HoldfastError): string => {
  switch (error.type) {
    case 'Usage':
      return error.message;
    case 'InputInvalid':
      return (error.invalid?.length ?? 0) > 1
        ? `${String(error.invalid?.length)} places are not valid: ${error.invalid?.map((one) => `${one.field} ${one.problem}`).join('; ') ?? ''}. Nothing was changed.`
        : `${error.field === '' ? 'The input' : error.field} is not valid: ${error.problem}.`;
    case 'SettingInvalid':
      return error.invalid.length > 1
        ? `${String(error.invalid.length)} values are not valid: ${error.invalid.map((one) => `${one.key} ${one.problem}`).join('; ')}. Nothing was changed.`
        : `${error.key} ${error.problem}. Nothing was changed.`;
    case 'FileInvalid':
      return `${at(error)}: ${error.problem}.`;
    case 'Forbidden':
      return error.problem === undefined
        ? `The role "${error.role}" may not ${error.action}.`
        : `${error.problem}. Nothing was changed.`;
    case 'BackupDamaged':
      return `The backup ${error.path} cannot be trusted: ${error.problem}. Nothing was restored from it; pick another backup.`;
    case 'WrongKey':
      return `That key does not open ${error.what}. It needs ${error.needs}.`;
    case 'Cancelled':
      return `${error.what} was cancelled. Nothing was changed.`;
    case 'NotFound':
      return `There is no ${error.what} "${error.name}".`;
    case 'SettingUnknown':
      return error.nearest.length === 0
        ? `There is no setting "${error.key}".`
        : `There is no setting "${error.key}". Did you mean ${error.nearest.join(' or ')}?`;
    case 'StoreLocked':
      return `Another Holdfast (process ${String(error.pid)} on ${error.host}, since ${error.since}) has this home open: ${error.problem}. Nothing was changed.`;
    case 'OwnerVersionDiffers':
      return `Holdfast was updated, and this home is still open in ${error.theirs === error.ours ? 'another build of it' : `Holdfast ${error.theirs} (this is ${error.ours})`}${error.pid === undefined ? '' : `, process ${String(error.pid)}`}. Close that window, or end that "holdfast serve", and start it again. Nothing was changed.`;
    case 'SecretsLocked':
      return `${error.what}. ${error.choices.length === 0 ? '' : `Choose one: ${error.choices.join('; ')}. `}Nothing was changed.`;
    case 'StoreDamaged':
      return `The store is damaged: ${error.problem}. Nothing was changed or deleted.${error.candidates.length === 0 ? '' : ` ${error.candidates.length === 1 ? 'One other copy' : `${String(error.candidates.length)} other copies`} can be looked at.`}`;
    case 'StoreFromNewerApp':
      return `This store was written by a newer Holdfast (${error.of ?? 'schema'} ${String(error.found)}; this one knows up to ${String(error.supported)}). ${error.needs === undefined ? 'Update Holdfast' : `Update to Holdfast ${error.needs} or newer`} to open it. Nothing was changed.`;
    case 'UpgradeNeeded':
      return `This store has schema ${String(error.found)} and needs ${String(error.needed)}. Nothing was changed.`;
    case 'DiskFull':
      return `The disk is full: ${error.what} could not be written${error.neededBytes === null ? '' : ` (${String(error.neededBytes)} bytes needed)`}. What was saved before is safe; free some space and try again.`;
    case 'DiskError':
      return `${error.what} could not be written to ${error.path} (${error.code}). What was saved before is safe.`;
    case 'OutcomeUnknown':
      return `It is not known whether ${error.what} reached the disk. Look in the audit log before you repeat it; Holdfast may have to be opened again.`;
    case 'ReadOnly':
      return `This home is open read-only: ${error.reason}.`;
    case 'Unreadable':
      return `${error.path} cannot be read (${error.code}).`;
    case 'PlanOutdated':
      return `The plan no longer fits: ${error.changed.join(', ')} changed since it was made. Nothing was written; make a new plan.`;
    case 'Conflict':
      return `${error.what}. Nothing was written.`;
    case 'Stale':
      if (error.later !== undefined && error.later.length > 0)
        return `Not taken back: ${laterWords(error.later)}. Nothing was changed; to go back past that too, take the older change set back from the audit log.`;
      return `${error.keys.join(', ')} changed since you read ${error.keys.length === 1 ? 'it' : 'them'}. Nothing was written; look at the new values first.`;
    case 'CheckUnmet':
      return `Not yet: ${error.unmet.join('; ')}. Nothing was changed.`;
    case 'Unexpected':
      return `Something went wrong inside Holdfast. The details are in its log under ${error.logId}.`;
  }
};

/** Exit codes of docs: 1 usage, 2 bad input, 3 not found, 4 somebody else has it, 5 locked, 6 store, 7 disk, 8 check, 9 bug. */
export const exitCodes: Record<ErrorType, number> = {
  Usage: 1,
  InputInvalid: 2,
  SettingInvalid: 2,
  FileInvalid: 2,
  Forbidden: 2,
  BackupDamaged: 2,
  WrongKey: 2,
  Cancelled: 2,
  NotFound: 3,
  SettingUnknown: 3,
  StoreLocked: 4,
  OwnerVersionDiffers: 4,
  SecretsLocked: 5,
  StoreDamaged: 6,
  StoreFromNewerApp: 6,
  UpgradeNeeded: 6,
  DiskFull: 7,
  DiskError: 7,
  OutcomeUnknown: 7,
  ReadOnly: 7,
  Unreadable: 7,
  PlanOutdated: 8,
  Conflict: 8,
  Stale: 8,
  CheckUnmet: 8,
  Unexpected: 9,
};

export const httpStatuses: Record<ErrorType, number> = {
  Usage: 400,
  InputInvalid: 400,
  SettingInvalid: 422,
  FileInvalid: 422,
  Forbidden: 403,
  BackupDamaged: 422,
  WrongKey: 422,
  Cancelled: 409,
  NotFound: 404,
  SettingUnknown: 404,
  StoreLocked: 423,
  OwnerVersionDiffers: 409,
  SecretsLocked: 423,
  StoreDamaged: 503,
  StoreFromNewerApp: 503,
  UpgradeNeeded: 503,
  DiskFull: 507,
  DiskError: 507,
  OutcomeUnknown: 500,
  ReadOnly: 403,
  Unreadable: 422,
  PlanOutdated: 409,
  Conflict: 409,
  Stale: 409,
  CheckUnmet: 409,
  Unexpected: 500,
};
