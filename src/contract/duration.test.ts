import { expect, it } from 'vitest';
import { durationSeconds, durationValue, durationWords, isoDuration, parseDuration } from './duration.ts';

it('reads spans as people and as ISO 8601 write them', () => {
  const texts = ['90', '90 s', '1 min 30 s', '1m30s', '1.5 min', 'PT1M30S', 'pt90s', ' 90 seconds '];
  expect(texts.map(parseDuration)).toEqual(texts.map(() => 90));
  expect(['2 h', 'P1D', 'P2W', '250 ms', 'P1DT2H', '0'].map(parseDuration)).toEqual([
    7200, 86_400, 1_209_600, 0.25, 93_600, 0,
  ]);
});

it('takes nothing whose length nobody can say', () => {
  const texts = ['', 'soon', '-5', '5 months', 'P1Y', 'P1M', 'P', 'PT', 'P1DT', '1h 30', '5 s soon'];
  expect(texts.map(parseDuration)).toEqual(texts.map(() => null));
});

it('keeps a number where the schema says so, else ISO 8601, and reads both back', () => {
  expect(durationValue('1 min 30 s', { type: 'integer' })).toBe(90);
  expect(durationValue('1 min 30 s', { type: ['number', 'null'] })).toBe(90);
  expect(durationValue('1 min 30 s', { type: 'string' })).toBe('PT1M30S');
  expect(durationValue('soon', { type: 'string' })).toBeNull();
  for (const seconds of [0, 1, 0.25, 59, 60, 3600, 86_400, 93_784.5]) {
    expect(parseDuration(isoDuration(seconds))).toBe(seconds);
    expect(durationSeconds(durationWords(seconds))).toBe(seconds);
  }
  expect(durationWords(93_784)).toBe('1 d 2 h 3 min 4 s');
  expect(durationSeconds(true)).toBeNull();
});
