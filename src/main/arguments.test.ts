import { expect, test } from 'vitest';
import { homeOf } from './arguments.ts';

test('the home of a start: --home, else HOLDFAST_HOME, else none', () => {
  const env = { HOLDFAST_HOME: '/from/env' };
  expect([
    homeOf(['electron', '--no-sandbox', '.', '--home', 'a'], env, '/here'),
    homeOf(['electron', '.', '--home=/b'], env, '/here'),
    homeOf(['electron', '.'], env, '/here'),
    homeOf(['electron', '.', '--home'], env, '/here'),
    homeOf(['electron', '.'], { HOLDFAST_HOME: '' }, '/here'),
    homeOf(['electron', '.'], {}, '/here'),
  ]).toEqual(['/here/a', '/b', '/from/env', '/from/env', null, null]);
});
