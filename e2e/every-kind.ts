/** A home of its own whose definition has every kind of setting, and settings that are guarded; migrated by the command line. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messages } from '../src/renderer/messages.en.ts';
import { migrated } from './damage.ts';
import { expect, type Door, type Prepare } from './door.ts';
import { goTo } from './steps.ts';

const long = 'A sentence that goes on and on without saying much, as people paste them. '.repeat(12).trim();

const entry = (category: string, title: string, rest: object): object => ({ title, 'x-category': category, ...rest });
const kind = (title: string, rest: object): object => entry('kinds', title, rest);
const guard = (title: string, rest: object): object => entry('guards', title, rest);

const catalog = {
  'app.flag': kind('Flag', { type: 'boolean', default: false, description: 'On or off.' }),
  'app.count': kind('Count', { type: 'integer', minimum: 1, maximum: 100, default: 10 }),
  'app.ratio': kind('Ratio', { type: 'number', minimum: 0, maximum: 1, default: 0.5 }),
  'app.name': kind('Name', { type: 'string', maxLength: 2000, description: long }),
  'app.message': kind('Message of the day', { type: 'string', 'x-kind': 'text' }),
  'app.mode': kind('Mode', { type: 'string', enum: ['fast', 'safe', 'profile'], default: 'safe' }),
  'app.tags': kind('Tags', { type: 'array', items: { type: 'string' }, default: [] }),
  'app.limits': kind('Limits', {
    type: 'object',
    properties: { perMinute: { type: 'integer', title: 'Per minute' }, burst: { type: 'integer', title: 'Burst' } },
    additionalProperties: false,
    default: {},
  }),
  'app.headers': kind('Headers', { type: 'object', additionalProperties: { type: 'string' }, default: {} }),
  'app.anything': kind('Anything', { 'x-kind': 'json' }),
  'app.folder': kind('Folder', { type: 'string', 'x-kind': 'path' }),
  'app.site': kind('Site', { type: 'string', format: 'url' }),
  'app.contact': kind('Contact', { type: 'string', format: 'email' }),
  'app.port': kind('Port', { type: 'integer', minimum: 1, maximum: 65535, default: 8080, 'x-restart': true }),
  'app.timeout': kind('Time-out', { type: 'string', format: 'duration', default: 'PT30S' }),
  'app.token': kind('Token', { type: 'string', 'x-secret': true }),
  'app.nothing': kind('Maybe nothing', { type: ['string', 'null'], default: null }),
  'app.safety': guard('Safety stop', { type: 'boolean', default: true, 'x-critical': true, 'x-restart': true }),
  'app.master': guard('Master password', { type: 'string', 'x-secret': true, 'x-critical': true }),
  'app.pinned': guard('Pinned', {
    type: 'string',
    default: 'as delivered',
    'x-locked': 'Changed by the installer only.',
  }),
  'app.held': guard('Held back', { type: 'string', default: 'now', description: 'Locked by the owner of the home.' }),
  'app.profile': guard('Profile', {
    type: 'string',
    default: 'first',
    'x-requires': { key: 'app.mode', equals: 'profile' },
  }),
  'app.low': guard('Lowest', { type: 'integer', default: 1, 'x-at-most': 'app.high' }),
  'app.high': guard('Highest', { type: 'integer', default: 9 }),
  'app.theme': guard('Theme', { type: 'string', enum: ['light', 'dark'], default: 'light' }),
};

const definition = {
  id: 'every-kind',
  title: 'Every kind',
  version: 1,
  sources: [{ file: 'app.json', format: 'json', to: { kind: 'settings', prefix: 'app' } }],
  categories: [
    { id: 'kinds', title: 'Kinds' },
    { id: 'guards', title: 'Guard rails' },
    { id: 'broken', title: 'Broken' },
  ],
  catalog: {
    ...catalog,
    'app.broken.flag': entry('broken', 'Broken flag', { type: 'boolean', default: false }),
    'app.broken.count': entry('broken', 'Broken count', { type: 'integer', minimum: 1, maximum: 100, default: 10 }),
    'app.broken.mode': entry('broken', 'Broken mode', { type: 'string', enum: ['fast', 'safe'], default: 'safe' }),
    'app.broken.tags': entry('broken', 'Broken tags', { type: 'array', items: { type: 'string' } }),
    'app.broken.timeout': entry('broken', 'Broken time-out', { type: 'string', format: 'duration' }),
    'app.broken.port': entry('broken', 'Broken port', { type: 'integer', minimum: 1, maximum: 65535 }),
    'app.broken.name': entry('broken', 'Broken name', { type: 'string' }),
  },
};

const values = {
  flag: true,
  count: 10,
  ratio: 0.25,
  name: long,
  message: 'First line\nSecond line\nThird line',
  mode: 'fast',
  tags: ['one', 'two words', 'x'.repeat(120), ...Array.from({ length: 12 }, (_, i) => `tag-${String(i)}`)],
  anything: [1, { deep: [true, null] }],
  folder: `/srv/${'very-long-folder-name/'.repeat(8)}data`,
  site: `https://example.org/${'path/'.repeat(20)}`,
  contact: 'somebody@example.org',
  port: 9090,
  timeout: 'PT1H30M',
  token: 'tok_live_0123456789abcdef',
  master: 'correct-horse-battery',
  theme: 'light',
  broken: { flag: 'yes', count: 500, mode: 'slow', tags: 'one, two', timeout: 'soon', port: 70000, name: null },
};

export const everyKind: Prepare = {
  run: async (before) => {
    const { home, cli } = before;
    rmSync(home, { recursive: true });
    mkdirSync(join(home, '.holdfast'), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, '.holdfast', 'definition.json'), JSON.stringify(definition, null, 2), { mode: 0o600 });
    writeFileSync(join(home, 'app.json'), JSON.stringify(values, null, 2));
    await migrated({
      home,
      cli: (...args) => cli(...args, ...(args.includes('migrate') ? ['--definition', 'every-kind'] : [])),
    });
    await cli('config', 'set', 'app.limits', '{"perMinute": 60, "burst": 5}', '--json-value');
    await cli('--reason', 'the audit is running', 'config', 'lock', 'app.held');
  },
};

/** One of its categories on the settings page, without a pointer. */
export const openCategory = async (door: Door, title: string): Promise<void> => {
  await goTo(door, messages.frame.settings);
  const categories = door.page.getByRole('navigation', { name: messages.settings.categories });
  await categories.getByRole('link', { name: title }).press('Enter');
  await expect(categories.getByRole('link', { name: title })).toHaveAttribute('aria-current', 'true');
};
