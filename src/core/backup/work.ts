/**
 * The heavy part of backups, over bytes alone: packing, encrypting, decrypting, checking, opening the store. It runs in a
 * worker thread (thread.ts), so nothing here touches a file or the store.
 */
import { fail, ok, type Result } from '../../contract/result.ts';
import type { Opening, Sealing, Tell } from './age-file.ts';
import { proveContent } from './contents.ts';
import { digestOf } from './digest.ts';
import { readBackup, writeBackup, type BackupContent, type BackupFacts, type Manifest } from './format.ts';

export type Written = { bytes: Uint8Array; sha256: string; manifest: Manifest; own: Opening };

export type BackupInputs = {
  write: { facts: BackupFacts; store: Uint8Array; keys: Uint8Array; sealing: Sealing };
  /** `prove`: opens its store as a restore would. */
  read: { name: string; bytes: Uint8Array; opening: Opening; prove: boolean };
};
export type BackupAnswers = { write: Written; read: BackupContent };
export type BackupWork = keyof BackupInputs;

const write = async ({ facts, store, keys, sealing }: BackupInputs['write'], tell: Tell): Promise<Result<Written>> => {
  const { bytes, manifest, own } = await writeBackup(facts, { store, keys }, sealing, tell);
  return ok({ bytes, manifest, own, sha256: (await digestOf(bytes)).sha256 });
};

const read = async (input: BackupInputs['read'], tell: Tell): Promise<Result<BackupContent>> => {
  const content = await readBackup(input.name, input.bytes, input.opening, tell);
  if (!content.ok || !input.prove) return content;
  const problem = await proveContent(content.data);
  return problem === null ? content : fail({ type: 'BackupDamaged', path: input.name, problem });
};

const works: { [K in BackupWork]: (input: BackupInputs[K], tell: Tell) => Promise<Result<BackupAnswers[K]>> } = {
  write,
  read,
};

export const doBackupWork = <K extends BackupWork>(
  kind: K,
  input: BackupInputs[K],
  tell: Tell,
): Promise<Result<BackupAnswers[K]>> => works[kind](input, tell);
