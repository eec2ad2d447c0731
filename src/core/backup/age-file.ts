/**
 * The outer layer of a backup: an age v1 file (https://age-encryption.org/v1), to one X25519 recipient or to a passphrase.
 * To a recipient, one more stanza says in clear what the file is and which key opens it; age ignores stanzas it does not
 * know. Nothing is taken from that stanza but words for a person, until decrypting has proven the header.
 */
import { Buffer } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Decrypter, Encrypter, identityToRecipient, Stanza, type Recipient } from 'age-encryption';
import { fail, ok, type Result } from '../../contract/result.ts';

export type Hint = {
  kind: 'store' | 'legacy';
  /** When the backup was made. */
  at: string;
  recipient: string;
  /** When the recipient's recovery kit was made: how a person tells kits apart. */
  recipientAt: string;
};

export type Sealing = { hint: Hint } | { passphrase: string; scryptLogN?: number };

/** What opens a file: all that fit are tried. */
export type Opening = {
  identities: readonly string[];
  passphrase: string | null;
  /** The file's own key, known where it was written: for reading it back while locked. */
  fileKey?: Uint8Array;
};

/** How much of the bytes has been worked on, from 0 to 1. */
export type Tell = (share: number) => void;

const hintName = 'holdfast.backup';
const maxHeaderBytes = 8192;
/** Small enough that encrypting one piece never holds the event loop for long. */
const pieceBytes = 128 * 1024;

const pieces = (bytes: Uint8Array, tell?: Tell): ReadableStream<Uint8Array> => {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await nextTurn();
      if (at < bytes.length) controller.enqueue(bytes.subarray(at, at + pieceBytes));
      at += pieceBytes;
      tell?.(Math.min(at / Math.max(bytes.length, 1), 1));
      if (at >= bytes.length) controller.close();
    },
  });
};

const collect = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
};

/** Adds the hint, and sees the file key: with it the written file can be read back and compared even while locked. */
const hintRecipient = (hint: Hint, seen: (fileKey: Uint8Array) => void): Recipient => ({
  wrapFileKey: (fileKey) => {
    seen(Uint8Array.from(fileKey));
    return [new Stanza([hintName, '1', hint.kind, hint.at, hint.recipient, hint.recipientAt], new Uint8Array(0))];
  },
});

export type Encrypted = {
  bytes: Uint8Array;
  /** What opens this very file: its key, or the passphrase. */
  own: Opening;
  /** Decrypts a copy that was read back from disk, with this file's own key; null when it is not the same file. */
  reopen: (copy: Uint8Array) => Promise<Uint8Array | null>;
};

export const encryptFile = async (plain: Uint8Array, sealing: Sealing, tell?: Tell): Promise<Encrypted> => {
  const encrypter = new Encrypter();
  let own: Opening = { identities: [], passphrase: null };
  if ('passphrase' in sealing) {
    const passphrase = sealing.passphrase.normalize('NFC');
    encrypter.setPassphrase(passphrase);
    if (sealing.scryptLogN !== undefined) encrypter.setScryptWorkFactor(sealing.scryptLogN);
    own = { identities: [], passphrase };
  } else {
    encrypter.addRecipient(sealing.hint.recipient);
    encrypter.addRecipient(hintRecipient(sealing.hint, (fileKey) => (own = { ...own, fileKey })));
  }
  const bytes = await collect(await encrypter.encrypt(pieces(plain, tell)));
  const reopen = async (copy: Uint8Array): Promise<Uint8Array | null> => {
    const plainAgain = await decryptFile('', copy, own);
    return plainAgain.ok ? plainAgain.data : null;
  };
  return { bytes, own, reopen };
};

export type AgeHeader = { key: 'recovery' | 'passphrase'; hint: Hint | null };

const readHint = (line: string): Hint | null => {
  const [, name, version, kind, at, recipient, recipientAt] = line.split(' ');
  const isTime = (text: string | undefined): text is string =>
    text !== undefined && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/u.test(text);
  if (name !== hintName || version !== '1' || (kind !== 'store' && kind !== 'legacy')) return null;
  if (!isTime(at) || !isTime(recipientAt) || recipient === undefined || !/^age1[a-z0-9]{58}$/u.test(recipient))
    return null;
  return { kind, at, recipient, recipientAt };
};

/** What the header says without any key, from the file's first bytes; a text when it is no age file. */
export const readAgeHeader = (start: Uint8Array): AgeHeader | string => {
  const text = Buffer.from(start.buffer, start.byteOffset, Math.min(start.byteLength, maxHeaderBytes)).toString(
    'latin1',
  );
  if (text === '') return 'it is empty';
  const lines = text.split('\n');
  if (lines[0] !== 'age-encryption.org/v1') return 'it is not an age file';
  const end = lines.findIndex((line) => line.startsWith('--- '));
  if (end < 0) return 'its header is damaged or cut off';
  const stanzas = lines.slice(1, end).filter((line) => line.startsWith('-> '));
  const hint = stanzas.map(readHint).find((one) => one !== null) ?? null;
  if (stanzas.some((line) => line.startsWith('-> scrypt '))) return { key: 'passphrase', hint };
  return stanzas.some((line) => line.startsWith('-> X25519 '))
    ? { key: 'recovery', hint }
    : 'it is for a kind of key that Holdfast does not use';
};

export const describeKey = (header: AgeHeader): string => {
  if (header.key === 'passphrase') return 'the passphrase that was given when it was made';
  return header.hint === null
    ? 'the recovery code of the home it was made from'
    : `the recovery code of ${header.hint.recipientAt.slice(0, 10)} (key ${header.hint.recipient.slice(0, 12)}…)`;
};

const lockedChoices = (header: AgeHeader): string[] =>
  header.key === 'passphrase'
    ? ['--backup-passphrase-file FILE']
    : ['--passphrase-file FILE', '--recovery-code-file FILE'];

const isOurs = async (hint: Hint | null, opening: Opening): Promise<boolean> => {
  if (hint === null) return false;
  const recipients = await Promise.all(opening.identities.map((identity) => identityToRecipient(identity)));
  return recipients.includes(hint.recipient);
};

/**
 * The plain bytes. Errors: `SecretsLocked` when nothing was given that could fit, `WrongKey` naming the key it needs,
 * `BackupDamaged` for anything cut, added or changed. `name` is the file as the person knows it.
 */
export const decryptFile = async (
  name: string,
  bytes: Uint8Array,
  opening: Opening,
  tell?: Tell,
): Promise<Result<Uint8Array>> => {
  const header = readAgeHeader(bytes);
  if (typeof header === 'string') return fail({ type: 'BackupDamaged', path: name, problem: header });
  const { fileKey } = opening;
  const fitting =
    fileKey !== undefined ||
    (header.key === 'passphrase' ? opening.passphrase !== null : opening.identities.length > 0);
  if (!fitting) {
    return fail({
      type: 'SecretsLocked',
      what: `${name} is encrypted and needs ${describeKey(header)}`,
      choices: lockedChoices(header),
    });
  }
  const decrypter = new Decrypter();
  if (fileKey !== undefined) decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  else if (header.key === 'passphrase') decrypter.addPassphrase((opening.passphrase ?? '').normalize('NFC'));
  else for (const identity of opening.identities) decrypter.addIdentity(identity);
  try {
    return ok(await collect(await decrypter.decrypt(pieces(bytes, tell))));
  } catch (error) {
    const noMatch = error instanceof Error && error.message.startsWith('no identity matched');
    if (noMatch && !(await isOurs(header.hint, opening)))
      return fail({ type: 'WrongKey', what: name, needs: describeKey(header) });
    return fail({ type: 'BackupDamaged', path: name, problem: 'its encrypted bytes were changed or cut off' });
  }
};
