/** Numbers in sentences: the right plural by CLDR rules, `#` standing for the number. No other text lives here. */
type Forms = { [rule in Intl.LDMLPluralRule]?: string } & { other: string };

const rules = new Intl.PluralRules('en');
const grouped = new Intl.NumberFormat('en');

/** A count for people; never for ports, ids or keys. */
export const count = (n: number): string => grouped.format(n);

export const plural = (n: number, forms: Forms): string =>
  (forms[rules.select(n)] ?? forms.other).replaceAll('#', count(n));
