/** The handlers of `bundle.*`, `template.*` and `support.bundle`. */
import { ok } from '../../contract/result.ts';
import type { Handler, Handlers } from '../context.ts';
import { exportBundle } from './export.ts';
import { factsOf } from './format.ts';
import { importBundle } from './import.ts';
import { readBundle } from './read.ts';
import { supportBundle } from './support.ts';
import { applyTemplate, listTemplates, removeTemplate, saveTemplate } from './templates.ts';

const showBundle: Handler<'bundle.show'> = async (ctx, { file }) => {
  const found = await readBundle(ctx, file);
  if (!found.ok) return found;
  const { bundle } = found.data;
  return ok({
    ...factsOf(bundle),
    settings: bundle.settings ?? {},
    integrations: bundle.integrations ?? [],
    records: Object.fromEntries(Object.entries(bundle.records ?? {}).map(([name, list]) => [name, list.length])),
  });
};

export const bundleHandlers = {
  'bundle.export': exportBundle,
  'bundle.show': showBundle,
  'bundle.import': importBundle,
  'template.list': listTemplates,
  'template.save': saveTemplate,
  'template.apply': applyTemplate,
  'template.remove': removeTemplate,
  'support.bundle': supportBundle,
} satisfies Partial<Handlers>;
