/** Everything that the view of a setting comes from, as one user sees it. */
import type { Definition } from '../definitions/types.ts';
import type { Reader } from '../store/types.ts';
import { overridesOf } from '../users/queries.ts';
import { lockReasons } from './locks.ts';
import { filePlaces, storedSettings } from './queries.ts';
import type { SettingSources } from './views.ts';

export const sourcesOf = (reader: Reader, definition: Definition | null, user: string): Required<SettingSources> => ({
  definition,
  stored: storedSettings(reader),
  places: filePlaces(reader),
  overrides: overridesOf(reader, user),
  locks: lockReasons(reader),
});
