/**
 * Inside a transaction: notes which mirrored files have to be written because of it, so that a crash between the save and
 * the file is made good at the next open. No audit entry of its own: the changes have theirs.
 */
import type { ChangeWriter, Subject } from '../changes/write.ts';
import type { Definition } from '../definitions/types.ts';
import { filesOf } from './places.ts';
import * as sql from './queries.ts';

/** A file that is mirrored from now on is as the last import read it. */
const beginState = (changes: ChangeWriter, file: string): void => {
  if (sql.mirrorState(changes.tx, file) !== undefined) return;
  const imported = sql.importOf(changes.tx, file);
  const sha256 = imported?.status === 'read' ? imported.sha256 : null;
  sql.saveState(changes.tx, changes.term(file), { sha256, next: null, upto: 0, at: changes.at });
};

/** What a migration has just read is what the file is now. */
const noteImports = (changes: ChangeWriter): string[] => {
  const read = sql.filesOfSet(changes.tx, changes.changeSetId());
  for (const { file, status, sha256 } of read) {
    if (status === 'unreadable' || sql.mirrorState(changes.tx, file) === undefined) continue;
    sql.saveState(changes.tx, changes.term(file), { sha256, next: null, upto: 0, at: changes.at });
  }
  return read.map((one) => one.file);
};

export const markDue = (changes: ChangeWriter, changed: readonly Subject[], definition: Definition | null): void => {
  if (changes.count() === 0 || !sql.hasMirrors(changes.tx)) return;
  const on = new Set(sql.mirroredFiles(changes.tx));
  const due = new Set<string>(noteImports(changes));
  for (const subject of changed) {
    if (subject.kind !== 'mirror') for (const file of filesOf(changes.tx, definition, subject)) due.add(file);
    else if (on.has(subject.key)) {
      beginState(changes, subject.key);
      due.add(subject.key);
    }
  }
  for (const file of due) if (on.has(file)) sql.saveDue(changes.tx, changes.term(file), changes.changeSetId());
};
