/** A screen that calls what not everybody may has a control that says so: src/renderer/may.ts switches it off. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands, isCommandName } from '../src/contract/commands.ts';
import { menuItems } from '../src/contract/menu.ts';

const folder = join(import.meta.dirname, '..', 'src', 'renderer');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/u.test(path) && !path.endsWith('.test.ts'))
  .map((path) => readFileSync(join(folder, path), 'utf8'));

/** Called by what another command's control opens, or where nobody acts as a profile yet. */
const reachedOtherwise: { [command: string]: string } = {
  'audit.prune': 'the dialog that audit.set-retention opens',
  'recovery.open': 'the recovery screen: no store, no profiles',
  'schema.upgrade': 'the upgrade screen: no store, no profiles',
  'secret.confirm-recovery': 'the dialog that secret.make-recovery opens',
  'settings.trial': 'the review that settings.apply opens',
};

const found = (pattern: RegExp): string[] =>
  sources.flatMap((text) => [...text.matchAll(pattern)].map((one) => one[1] ?? ''));

test('every command beyond looking that a screen calls stands on a control', () => {
  const called = new Set(found(/'([a-z]+\.[a-z-]+)'/gu).filter((name) => isCommandName(name)));
  const needing = [...called].filter((name) => commands[name].permission !== 'view');
  const named = new Set([
    ...found(/\bcommand="([a-z.-]+)"/gu),
    ...found(/\b(?:command|reveal|reset|change): '([a-z.-]+)'/gu),
    ...found(/\buseRefusal\('([a-z.-]+)'\)/gu),
    ...found(/\bconst command = [^;]*'([a-z.-]+)';/gu),
    ...menuItems.map(({ command }) => command ?? ''),
    ...Object.keys(reachedOtherwise),
  ]);
  expect(needing.length).toBeGreaterThan(40);
  expect(needing.filter((name) => !named.has(name))).toEqual([]);
});
