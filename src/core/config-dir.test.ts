import { describe, expect, it } from 'vitest';
import { resolve } from 'node:path';
import { configDirOf } from './config-dir.ts';

describe('configDirOf', () => {
  it('takes the variable, then the platform folder', () => {
    expect([
      configDirOf({ HOLDFAST_CONFIG_DIR: '/tmp/own', XDG_CONFIG_HOME: '/x' }, 'linux', '/home/u'),
      configDirOf({ HOLDFAST_CONFIG_DIR: 'own' }, 'darwin', '/home/u'),
      configDirOf({ HOLDFAST_CONFIG_DIR: '', XDG_CONFIG_HOME: '/x' }, 'linux', '/home/u'),
      configDirOf({ XDG_CONFIG_HOME: 'relative' }, 'linux', '/home/u'),
      configDirOf({}, 'linux', '/home/u'),
      configDirOf({}, 'darwin', '/Users/u'),
    ]).toEqual([
      '/tmp/own',
      resolve('own'),
      '/x/holdfast',
      '/home/u/.config/holdfast',
      '/home/u/.config/holdfast',
      '/Users/u/Library/Application Support/holdfast',
    ]);
  });
});
