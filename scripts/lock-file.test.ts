/**
 * The lock file works on every supported machine: each package with native parts has all of them locked, not only those
 * of the machine that wrote it, and nothing comes from anywhere but a registry with a checksum.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

type Locked = {
  version?: string;
  integrity?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
  link?: boolean;
};
const lockPath = join(import.meta.dirname, '..', 'package-lock.json');
const { packages } = JSON.parse(readFileSync(lockPath, 'utf8')) as { packages: Record<string, Locked> };

const supported = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const platformOf = (name: string): string | undefined => supported.find((one) => name.includes(one));

test('native parts are locked for Linux and macOS, Intel and Arm', () => {
  const parts = Object.values(packages)
    .flatMap((one) => Object.entries(one.optionalDependencies ?? {}))
    .filter(([name]) => platformOf(name) !== undefined);
  const missing = parts.filter(
    ([name, version]) => packages[`node_modules/${name}`]?.version !== version.replace(/^[~^]/u, ''),
  );
  expect(missing).toEqual([]);
  expect(new Set(parts.map(([name]) => platformOf(name)))).toEqual(new Set(supported));
});

test('every package has a version and a checksum', () => {
  const bad = Object.entries(packages).filter(
    ([path, one]) => path !== '' && (one.version === undefined || !one.integrity?.startsWith('sha512-')),
  );
  expect(bad).toEqual([]);
});
