/** How many integrations there are, by type, and how their last tests ended. Pure. */
import type { Output } from '../../contract/commands.ts';
import type { Integration } from '../../contract/integrations.ts';
import type { Definition } from '../definitions/types.ts';
import { typeOf } from './stored.ts';

const countOf = (all: readonly Integration[]) => ({
  total: all.length,
  enabled: all.filter((one) => one.enabled).length,
  worked: all.filter((one) => one.lastTest?.ok === true).length,
  failed: all.filter((one) => one.lastTest?.ok === false).length,
  untested: all.filter((one) => one.lastTest === null).length,
});

/** Only types that are used, by name. */
export const countIntegrations = (
  definition: Definition | null,
  all: readonly Integration[],
): Output<'integration.counts'> => {
  const types = [...new Set(all.map((one) => one.type))].toSorted();
  return {
    ...countOf(all),
    types: types.map((type) => ({
      type,
      title: typeOf(definition, type)?.title ?? type,
      ...countOf(all.filter((one) => one.type === type)),
    })),
  };
};
