/**
 * The hygiene board: what is wrong with which secret, without showing any. Age and re-use show while locked (the stored
 * fingerprints tell equal values); the rest needs the keys, and then only the verdict leaves this folder.
 */
import { Buffer } from 'node:buffer';
import type { Output } from '../../contract/commands.ts';
import type { JsonValue } from '../../contract/json.ts';
import { keyToSegments, segmentsToKey } from '../../contract/setting-key.ts';
import { cipherPlace, type SubjectKind } from '../changes/write.ts';
import type { Handler } from '../context.ts';
import { entryFor, titleOf } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import { filePlaces } from '../settings/queries.ts';
import { judge } from './judge.ts';
import { liveSecrets, type LiveSecret } from './queries.ts';
import type { Keyring } from './types.ts';

type Item = Output<'secret.hygiene'>['secrets'][number];
type Finding = Item['findings'][number];

const usualDays = 365;
const dayMs = 86_400_000;
/** Enough to tell the secrets of one home apart. */
const shownDigits = 8;

/** As people know it: the setting's title, else the connection and its field. */
const nameOf = ({ kind, key }: LiveSecret, definition: Definition | null): string => {
  if (kind === 'setting') {
    const title = definition === null ? undefined : entryFor(definition, key)?.title;
    return title ?? titleOf(key);
  }
  const [first, ...path] = keyToSegments(key) ?? [key];
  return `${String(first)}: ${segmentsToKey(path)}`;
};

/** Null where the value does not open. */
const plainOf = (secret: LiveSecret, keyring: Keyring): string | null =>
  secret.cipher === null
    ? null
    : keyring.decrypt(
        // Only `changes.put` writes subjects, so the kind is one of its own.
        cipherPlace({ kind: secret.kind as SubjectKind, key: secret.key }, secret.version),
        secret.cipher,
      );

const ofValue = (secret: LiveSecret, keyring: Keyring | null): Finding[] => {
  if (keyring === null) return [];
  const plain = plainOf(secret, keyring);
  if (plain === null) return ['unreadable'];
  const verdict = judge(JSON.parse(plain) as JsonValue);
  return verdict === null ? [] : [verdict];
};

const printOf = (secret: LiveSecret): string | null =>
  secret.print === null ? null : Buffer.from(secret.print).toString('hex');

export const hygiene: Handler<'secret.hygiene'> = async (ctx, input) => {
  const definition = await ctx.definition();
  const keyring = await ctx.keyringIfUnlocked();
  const days = input.olderThanDays ?? usualDays;
  const limit = Date.parse(ctx.clock.now()) - days * dayMs;
  return ctx.read((reader) => {
    const all = liveSecrets(reader);
    const places = new Map([...new Set(all.map((one) => one.kind))].map((kind) => [kind, filePlaces(reader, kind)]));
    const names = new Map(all.map((one) => [one, nameOf(one, definition)]));
    const secrets = all.map((one): Item => {
      const verdicts = ofValue(one, keyring);
      const print = printOf(one);
      // Two places without a value are not one secret used twice.
      const sameAs =
        print === null || verdicts.includes('empty')
          ? []
          : all.filter((other) => other !== one && printOf(other) === print).map((other) => names.get(other) ?? '');
      return {
        kind: one.kind,
        key: one.key,
        name: names.get(one) ?? one.key,
        file: places.get(one.kind)?.get(one.key)?.file ?? null,
        changedAt: one.at,
        fingerprint: print?.slice(0, shownDigits) ?? null,
        findings: [
          ...verdicts,
          ...(sameAs.length > 0 ? (['reused'] as const) : []),
          ...(Date.parse(one.at) < limit ? (['old'] as const) : []),
        ],
        sameAs,
      };
    });
    return { locked: keyring === null, olderThanDays: days, secrets };
  });
};
