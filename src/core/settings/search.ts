/** `settings.search`: the settings list through the search that the screens use, too. */
import { parseSettingsQuery, searchSettings } from '../../contract/settings-search.ts';
import type { SettingView } from '../../contract/settings.ts';
import type { Handler } from '../context.ts';
import { validateValue } from '../definitions/catalog.ts';
import type { Definition } from '../definitions/types.ts';
import { sourcesOf } from './sources.ts';
import { allKeys, settingView } from './views.ts';

/** What the owner gave, not what the definition says itself; a secret cannot be looked at. */
const isInvalid = (definition: Definition | null, setting: SettingView): boolean =>
  definition !== null &&
  !setting.secret &&
  setting.source !== 'default' &&
  validateValue(definition, setting.key, setting.value) !== null;

export const searchSettingsList: Handler<'settings.search'> = async (ctx, input) => {
  const definition = await ctx.definition();
  const query = parseSettingsQuery(input.query);
  const { clock } = ctx;
  return ctx.read((reader) => {
    const sources = sourcesOf(reader, definition, ctx.actor.user);
    const views = allKeys(sources).map((key) => settingView(key, sources));
    const context = { now: clock.now(), isInvalid: (setting: SettingView) => isInvalid(definition, setting) };
    return { settings: searchSettings(views, query, context), query };
  });
};
