/** Profiles as the doors show them. */
import type { UserView } from '../../contract/users.ts';
import type { Reader } from '../store/types.ts';
import { readLastSeen } from './last-seen.ts';
import { overrideCounts, secretFields, type Profile } from './queries.ts';

/** What is the same for every profile is read once. */
export const userView = (from: { reader: Reader; configDir: string; storeId: string }) => {
  const [seen, counts, fields] = [
    readLastSeen(from.configDir, from.storeId),
    overrideCounts(from.reader),
    secretFields(from.reader),
  ];
  return ({ name, displayName, email, role, disabled, changedAt }: Profile): UserView => ({
    name,
    displayName,
    email,
    role,
    disabled,
    lastSeen: seen.get(name) ?? null,
    changedAt,
    overrides: counts.get(name) ?? 0,
    secretFields: fields.get(name) ?? [],
  });
};
