/** The search of a collection: `field=value` narrows by a member, what is left is looked for as text. Pure. */
import type { Input } from '../../contract/commands.ts';
import type { CollectionView } from '../../contract/records.ts';
import { shellQuote } from '../format.ts';

type ListInput = Input<'records.list'>;

const word = /([^\s="]+)=(?:"([^"]*)"|(\S+))|"([^"]*)"|(\S+)/gu;

export const parseRecordSearch = (search: string): Pick<ListInput, 'where' | 'text'> => {
  const where: { field: string; value: string }[] = [];
  const words: string[] = [];
  for (const [, field, quoted, plain, text, rest] of search.matchAll(word)) {
    if (field !== undefined) where.push({ field, value: quoted ?? plain ?? '' });
    else words.push(text ?? rest ?? '');
  }
  return {
    ...(where.length === 0 ? {} : { where: where.slice(0, 20) }),
    ...(words.length === 0 ? {} : { text: words.join(' ') }),
  };
};

/** The same question in the terminal. */
export const listCommand = (input: ListInput): string =>
  [
    `holdfast record list ${shellQuote(input.collection)}`,
    ...(input.where ?? []).map(
      ({ field, value }) =>
        `--where ${shellQuote(`${field}=${typeof value === 'string' ? value : JSON.stringify(value)}`)}`,
    ),
    ...(input.text === undefined ? [] : [`--text ${shellQuote(input.text)}`]),
    ...(input.show === 'expired' ? ['--expired'] : input.show === 'all' ? ['--all'] : []),
    ...(input.sort === 'newest' ? ['--newest'] : []),
  ].join(' ');

/** Members that the list shows: those declared, else the first of the documents there are. */
export const columnsOf = (collection: CollectionView, records: readonly { data: unknown }[]): string[] => {
  if (collection.columns.length > 0) return collection.columns.slice(0, 5);
  const declared = collection.schema['properties'];
  const names = [declared, ...records.slice(0, 20).map(({ data }) => data)].flatMap((one) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.keys(one) : [],
  );
  return [...new Set(names)].slice(0, 4);
};
