/** How JSON numbers are written: decimals, trailing zeros, exponents. Any form writes any number exactly. */
import type { JsonForm } from './form.ts';

type Decimal = { sign: string; digits: string; power: number };

/** Sign, significant digits and power of ten of a decimal text; `digits` is empty for zero. */
const decimalOf = (text: string): Decimal => {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/u.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/u, '');
  const trimmed = digits.replace(/0+$/u, '');
  return { sign, digits: trimmed, power: Number(exponent) - fraction.length + digits.length - trimmed.length };
};

/** `digits` times ten to the `power`, without an exponent, with at least so many decimals. */
const fixed = (digits: string, power: number, decimals: number): string => {
  const whole = power >= 0 ? digits + '0'.repeat(power) : digits.slice(0, Math.max(0, digits.length + power));
  const rest = power >= 0 ? '' : digits.slice(Math.max(0, digits.length + power)).padStart(-power, '0');
  const fraction = rest.padEnd(decimals, '0');
  return `${whole.replace(/^0+(?=.)/u, '') || '0'}${fraction === '' ? '' : `.${fraction}`}`;
};

export const numberForm = (lexeme: string): JsonForm => {
  const value = Number(lexeme);
  if (String(value) === lexeme) return { t: 'plain' };
  const [, whole = '', fraction = '', e, sign = '', exponent = ''] =
    /^-?(\d+)(?:\.(\d+))?(?:([eE])([+-]?)(\d+))?$/u.exec(lexeme) ?? [];
  if (e === undefined) return { t: 'fixed', decimals: fraction.length };
  const { digits } = decimalOf(`${whole}.${fraction === '' ? '0' : fraction}`);
  const leading = /^0*/u.exec(fraction)?.[0].length ?? 0;
  return {
    t: 'exponent',
    e: e === 'E' ? 'E' : 'e',
    plus: sign === '+',
    width: exponent.length,
    decimals: fraction.length,
    point: whole === '0' ? -leading : whole.length,
    ...(sign === '-' && Number(exponent) === 0 ? { minus: true as const } : {}),
    ...(digits === '' ? { zero: `${sign}${exponent}` } : {}),
  };
};

export const spellNumber = (form: JsonForm | undefined, value: number): string => {
  if (form?.t !== 'fixed' && form?.t !== 'exponent') return String(value);
  const { sign, digits, power } = decimalOf(String(value));
  if (form.t === 'fixed') return `${sign}${fixed(digits, power, form.decimals)}`;
  if (digits === '') return `${fixed('', 0, form.decimals)}${form.e}${form.zero ?? '0'.padStart(form.width, '0')}`;
  // From where the point would stand without an exponent to where this form puts it.
  const exponent = digits.length + power - (form.zero === undefined ? form.point : 1);
  const mantissa = fixed(digits, power - exponent, form.decimals);
  const mark = exponent < 0 || (exponent === 0 && form.minus === true) ? '-' : form.plus ? '+' : '';
  return `${sign}${mantissa}${form.e}${mark}${String(Math.abs(exponent)).padStart(form.width, '0')}`;
};
