/** One JSON key is one setting: a value cannot stand where a group is, nor below another value. */
import { ancestorsOf } from '../../contract/setting-key.ts';

type Named = { kind: string; key: string };

/** Setting keys of what would come that would lie below, or above, another one that stays. */
export const crossing = (live: readonly Named[], wanted: readonly { subject: Named; goes: boolean }[]): Set<string> => {
  const keys = new Set(live.filter(({ kind }) => kind === 'setting').map(({ key }) => key));
  const settings = wanted.filter(({ subject }) => subject.kind === 'setting');
  for (const { subject, goes } of settings) if (goes) keys.delete(subject.key);
  const made = settings
    .filter(({ subject, goes }) => !goes && !keys.has(subject.key))
    .map(({ subject }) => subject.key);
  // What comes may cross something else that comes, too.
  for (const key of made) keys.add(key);
  const above = new Set([...keys].flatMap(ancestorsOf));
  return new Set(made.filter((key) => above.has(key) || ancestorsOf(key).some((ancestor) => keys.has(ancestor))));
};
