/** The address as React sees it, and the two ways to change it. Nothing else writes `location.hash`. */
import { useSyncExternalStore } from 'react';
import { formatRoute, parseRoute, type Route } from './route.ts';

const subscribe = (onChange: () => void): (() => void) => {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
};
const currentHash = (): string => window.location.hash;

let last: { hash: string; route: Route } = { hash: '\0', route: { page: '', query: {} } };
const currentRoute = (): Route => {
  const hash = currentHash();
  if (hash !== last.hash) last = { hash, route: parseRoute(hash) };
  return last.route;
};

export const useRoute = (): Route => {
  useSyncExternalStore(subscribe, currentHash);
  return currentRoute();
};

/** Only the page: what searches and filters write into the address redraws nothing that does not ask for it. */
export const usePage = (): string => useSyncExternalStore(subscribe, () => currentRoute().page);

export const goTo = (page: string, query: { readonly [name: string]: string | undefined } = {}): void => {
  window.location.hash = formatRoute(page, query);
};

/** Changes the query of the page that shows without a new step in the history: for typing in a search field. */
export const replaceQuery = (query: { readonly [name: string]: string | undefined }): void => {
  replaceRoute(currentRoute().page, { ...currentRoute().query, ...query });
};

export const replaceRoute = (page: string, query: { readonly [name: string]: string | undefined } = {}): void => {
  window.history.replaceState(null, '', formatRoute(page, query));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
};
