/**
 * The address: `#/page?name=value`. What is shown (page, search, filters) stands in it, so that back, reload and a
 * copied link work. Pure; `use-route.ts` ties it to the window.
 */
export type Query = { readonly [name: string]: string };
export type Route = { page: string; query: Query };

export const parseRoute = (hash: string): Route => {
  const match = /^#\/([^?]*)(?:\?(.*))?$/u.exec(hash);
  if (match === null) return { page: '', query: {} };
  return {
    page: (match[1] ?? '').replace(/\/+$/u, ''),
    query: Object.fromEntries(new URLSearchParams(match[2] ?? '')),
  };
};

/** Empty values are left out, so that the address of an unfiltered page is short. */
export const formatRoute = (page: string, query: { readonly [name: string]: string | undefined } = {}): string => {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') params.set(name, value);
  const text = params.toString();
  return `#/${page}${text === '' ? '' : `?${text}`}`;
};
