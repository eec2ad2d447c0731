/** After the sentence of an error: what to type next. One table over the closed union; never repeats the sentence. */
import type { HoldfastError, RecoveryCandidate } from '../contract/errors.ts';
import { printable } from './format.ts';

const candidateLines = (candidates: readonly RecoveryCandidate[]): string[] =>
  candidates.length === 0
    ? []
    : [
        'What can be opened instead:',
        ...candidates.map(
          (one) =>
            `  ${one.kind.padEnd(6)}  ${printable(one.path)}${one.at === null ? '' : `  ${one.at}`}  ${printable(one.detail)}`,
        ),
        'Next: holdfast recovery list',
      ];

/** Lines for stderr; empty when the sentence says it all. */
export const nextSteps = (error: HoldfastError): string[] => {
  switch (error.type) {
    case 'Usage':
      return ['See: holdfast --help'];
    case 'SecretsLocked':
      return [
        'Next: give --passphrase-file FILE or --recovery-code-file FILE, set HOLDFAST_PASSPHRASE_FILE, or run this in a terminal to be asked.',
      ];
    case 'WrongKey':
      return ['Next: try the passphrase or the recovery code of the time when it was made.'];
    case 'NotFound':
      return error.what.startsWith('store')
        ? ['Next: holdfast migrate --dry-run shows what would be taken over; holdfast setup does it.']
        : error.what === 'home'
          ? ['Next: name an existing folder with --home DIR.']
          : [];
    case 'SettingUnknown':
      return ['See all: holdfast config show. A new one is made by: holdfast config set KEY VALUE --create'];
    case 'Conflict':
      if (error.items.length === 0) return [];
      // What lies in the way is a later change, not a place in a file.
      if (error.items.every((item) => item.file === ''))
        return error.items.map((item) => `  ${printable(item.key)}: ${printable(item.reason)}`);
      return [
        ...error.items.map(
          (item) =>
            `  ${printable(item.file)}: ${printable(item.path)} -> ${printable(item.key)}: ${printable(item.reason)}`,
        ),
        'Next: decide with --on-conflict store or --on-conflict file, or run this in a terminal to be asked for each.',
      ];
    case 'StoreDamaged':
    case 'StoreFromNewerApp':
      return candidateLines(error.candidates);
    case 'UpgradeNeeded':
      return ['Next: holdfast schema upgrade --dry-run shows what would be done; holdfast schema upgrade does it.'];
    case 'StoreLocked':
      return ['If that machine or process is gone for good: --take-over --yes.'];
    case 'SettingInvalid':
      return [`See: holdfast config explain ${printable(error.key)}`];
    case 'BackupDamaged':
      return ['See: holdfast backup list'];
    case 'PlanOutdated':
      return ['Next: holdfast migrate --dry-run'];
    case 'Stale':
      return error.of === undefined || error.later === undefined
        ? ['See: holdfast audit list --limit 10']
        : [
            `See: holdfast config diff cs:${printable(error.of)} now`,
            `To take it back all the same: holdfast config revert ${printable(error.of)} --force (first with --dry-run)`,
          ];
    case 'OutcomeUnknown':
      return ['See: holdfast audit list --limit 10'];
    case 'Unreadable':
    case 'ReadOnly':
    case 'DiskError':
      return ['See: holdfast doctor'];
    case 'InputInvalid':
    case 'FileInvalid':
    case 'Forbidden':
    case 'Cancelled':
    case 'OwnerVersionDiffers':
    case 'DiskFull':
    case 'CheckUnmet':
    case 'Unexpected':
      return [];
  }
};
