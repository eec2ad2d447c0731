import { describe, expect, test } from 'vitest';
import { describeError, exitCodes, httpStatuses, type HoldfastError } from './errors.ts';

/** The exit codes as the command line's contract lists them. */
const contract: Record<number, string[]> = {
  1: ['Usage'],
  2: ['SettingInvalid', 'InputInvalid', 'FileInvalid', 'Forbidden', 'BackupDamaged', 'WrongKey', 'Cancelled'],
  3: ['NotFound', 'SettingUnknown'],
  4: ['StoreLocked', 'OwnerVersionDiffers'],
  5: ['SecretsLocked'],
  6: ['StoreDamaged', 'StoreFromNewerApp', 'UpgradeNeeded'],
  7: ['DiskFull', 'DiskError', 'OutcomeUnknown', 'ReadOnly', 'Unreadable'],
  8: ['PlanOutdated', 'Conflict', 'Stale', 'CheckUnmet'],
  9: ['Unexpected'],
};

describe('errors', () => {
  test('every type has the exit code of the contract', () => {
    const byCode: Record<number, string[]> = {};
    for (const [type, code] of Object.entries(exitCodes)) (byCode[code] ??= []).push(type);
    expect(Object.fromEntries(Object.entries(byCode).map(([code, types]) => [code, types.sort()]))).toEqual(
      Object.fromEntries(Object.entries(contract).map(([code, types]) => [code, [...types].sort()])),
    );
  });

  test('every type has an error status', () => {
    expect(Object.entries(httpStatuses).filter(([, status]) => status < 400 || status > 599)).toEqual([]);
    expect(Object.keys(httpStatuses).sort()).toEqual(Object.keys(exitCodes).sort());
  });

  test('sentences name the place and the next step', () => {
    const error: HoldfastError = {
      type: 'FileInvalid',
      file: 'general_config.json',
      line: 3,
      column: 7,
      problem: 'expected a comma',
    };
    expect(describeError(error)).toBe('general_config.json:3:7: expected a comma.');
    expect(describeError({ type: 'SettingUnknown', key: 'genral.theme', nearest: ['general.theme'] })).toBe(
      'There is no setting "genral.theme". Did you mean general.theme?',
    );
  });
});
