/** One file's leaves become one user's own values of settings. Pure. */
import { segmentsToKey } from '../../contract/setting-key.ts';
import { validateValue } from '../definitions/catalog.ts';
import {
  lengthProblem,
  misfitNote,
  placeOf,
  prefixSegments,
  quarantine,
  settingSecrecy,
  stemOf,
  type Mapper,
} from './map-parts.ts';
import { leavesIn, prefixProblem, valueFor } from './map-settings.ts';

export const mapOverrides: Mapper<'overrides'> = ({ definition, source }, to) => {
  const { file, rule } = source;
  const user = to.user.replace('{stem}', stemOf(file));
  const prefix = prefixSegments(to.prefix, file);
  const ofPlace = prefixProblem([user, ...prefix]) ?? (user === '' ? 'the user has no name' : null);
  return leavesIn(source.read).map((leaf) => {
    const segments = [...prefix, ...leaf.segments];
    const setting = segmentsToKey(segments);
    const key = segmentsToKey([user, ...segments]);
    const problem = ofPlace ?? lengthProblem(key) ?? (setting === '' ? 'an object was expected here' : null);
    if (leaf.problem !== null || problem !== null) return quarantine(file, leaf, problem ?? '');
    const value = valueFor(definition, rule.format, setting, leaf.value);
    const { secret, note } = settingSecrecy(definition, setting, value, false);
    return {
      ...placeOf(file, leaf),
      subject: { kind: 'override', key },
      value,
      secret,
      note: misfitNote(validateValue(definition, setting, value)) ?? note,
      within: null,
      mark: false,
      part: [],
    };
  });
};
