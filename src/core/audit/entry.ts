/** An entry as the contract shows it: a secret's values only as "set" and "same". */
import type { AuditEntry } from '../../contract/audit.ts';
import type { JsonValue } from '../../contract/json.ts';
import { versionsView } from '../changes/view.ts';
import type { AuditRow } from './queries.ts';

export const entryOf = (row: AuditRow): AuditEntry => {
  const old = row.oldSecret === null ? null : { value: row.oldValue, secret: row.oldSecret, print: row.oldPrint };
  const now = row.newSecret === null ? null : { value: row.newValue, secret: row.newSecret, print: row.newPrint };
  return {
    id: row.id,
    at: row.at,
    actor: row.actor,
    source: row.door,
    action: row.action,
    type: row.subjectKind,
    key: row.subjectKey,
    ...versionsView(old, now),
    reason: row.reason,
    changeSet: row.changeSet,
    ...(row.detail === null ? {} : { detail: JSON.parse(row.detail) as JsonValue }),
  };
};
