/** Where the window stood when it was last closed. A convenience: a file that is missing or wrong is a fresh start. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type Bounds = { x: number; y: number; width: number; height: number };
export type WindowState = { bounds: Bounds; maximized: boolean };

const parts = ['x', 'y', 'width', 'height'] as const;

const boundsOf = (value: unknown): Bounds | null => {
  if (typeof value !== 'object' || value === null) return null;
  const given = value as Record<string, unknown>;
  return parts.every((part) => Number.isSafeInteger(given[part])) ? (value as Bounds) : null;
};

export const readWindowState = (path: string): WindowState | null => {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown> | null;
    const bounds = boundsOf(value?.['bounds']);
    return bounds === null ? null : { bounds, maximized: value?.['maximized'] === true };
  } catch {
    return null;
  }
};

/** Never the reason that closing a window fails. */
export const writeWindowState = (path: string, state: WindowState): void => {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  } catch {
    // See above.
  }
};

const overlap = (a: Bounds, b: Bounds): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/** The old bounds when at least a quarter of the window would lie on a screen that is still there. */
export const visibleBounds = (bounds: Bounds, screens: readonly Bounds[]): Bounds | null =>
  screens.some((screen) => overlap(bounds, screen) * 4 >= bounds.width * bounds.height) ? bounds : null;
