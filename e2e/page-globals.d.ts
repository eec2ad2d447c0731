/** What the preload puts on the page, for code that journeys run inside it. */
import type { Bridge } from '../src/contract/client.ts';

declare global {
  interface Window {
    holdfast?: Bridge;
  }
}
