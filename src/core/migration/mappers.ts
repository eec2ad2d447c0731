/** One mapper per kind of target. To add a kind: one file and one line here. */
import type { Target } from '../definitions/types.ts';
import { mapIntegrationFile } from './map-integration-file.ts';
import { mapEnabledList } from './map-integrations.ts';
import { mapOverrides } from './map-overrides.ts';
import type { MapContext, Mapper, TargetOf } from './map-parts.ts';
import { mapRecords } from './map-records.ts';
import { mapSettings } from './map-settings.ts';
import { mapUsers } from './map-users.ts';
import type { Candidate } from './plan-types.ts';

const mapIntegrations: Mapper<'integrations'> = (context, to) => {
  const { read } = context.source;
  // Only JSON has a layout; a definition that says otherwise does not pass its schema check.
  if (read?.ok !== true || read.json === undefined) return [];
  return to.layout === 'file' ? mapIntegrationFile(context, read.json, to) : mapEnabledList(context, read.json);
};

const mappers: { [K in Target['kind']]: Mapper<K> } = {
  settings: mapSettings,
  integrations: mapIntegrations,
  records: mapRecords,
  users: mapUsers,
  overrides: mapOverrides,
};

const mapTo = <K extends Target['kind']>(kind: K, context: MapContext, to: { [T in K]: TargetOf<T> }[K]): Candidate[] =>
  mappers[kind](context, to);

/** Every place of a file once; nothing of a file that could not be read. */
export const mapSource = (context: MapContext): Candidate[] =>
  context.source.read?.ok === true ? mapTo(context.source.rule.to.kind, context, context.source.rule.to) : [];
