/** What a page must be in a mode of its own (forced colours, 200 % zoom, a narrow window), asked of the page itself. */
import type { Page } from '@playwright/test';

/** What is wider than the page, so that it scrolls sideways; empty when nothing is. Areas that scroll themselves are left out. */
export const sideways = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const wide = (element: Element): boolean => element.scrollWidth > element.clientWidth + 1;
    const areas = [
      document.documentElement,
      ...document.querySelectorAll('main, [role="dialog"], [role="dialog"] > [tabindex="-1"]'),
    ];
    return areas.filter(wide).map((area) => {
      const edge = area.getBoundingClientRect().right;
      const out = [...area.querySelectorAll('*')].find((one) => one.getBoundingClientRect().right > edge + 1);
      return `${area.tagName.toLowerCase()}: ${out === undefined ? '' : `${out.tagName} "${(out.textContent ?? '').slice(0, 40)}"`}`;
    });
  });

/** What has the focus, and whether any of it can be seen; null where nothing has. */
const focused = (page: Page): Promise<{ shown: boolean; name: string; place: string } | null> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    const box = element.getBoundingClientRect();
    // What keeps the focus inside a dialog has no size.
    if (box.width <= 1) return null;
    const [left, right] = [Math.max(0, box.left), Math.min(window.innerWidth, box.right)];
    const [top, bottom] = [Math.max(0, box.top), Math.min(window.innerHeight, box.bottom)];
    const parts = [0.5, 0.1, 0.3, 0.7, 0.9];
    const shown =
      left < right &&
      top < bottom &&
      parts.some((x) =>
        parts.some((y) => {
          const there = document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y);
          return there !== null && (element.contains(there) || there.contains(element));
        }),
      );
    const name = element.getAttribute('aria-label') ?? (element.textContent ?? '').slice(0, 40);
    const place = [...document.querySelectorAll('*')].indexOf(element);
    return { shown, name: `${element.tagName.toLowerCase()} "${name}"`, place: String(place) };
  });

/** WCAG 2.4.11: goes through the page with Tab and names what has the focus but cannot be seen at all. */
export const hiddenFocus = async (page: Page, steps: number): Promise<string[]> => {
  const found: string[] = [];
  const seen = new Set<string>();
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press('Tab');
    let at = await focused(page);
    // A dialog takes the focus back when it goes past its end: some frames later.
    if (at?.shown === false) {
      await page.evaluate(
        () =>
          new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done)))),
      );
      at = await focused(page);
    }
    if (at === null || seen.has(at.place)) continue;
    seen.add(at.place);
    if (!at.shown) found.push(at.name);
  }
  return found;
};
