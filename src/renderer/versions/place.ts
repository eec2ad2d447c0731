/** Where a change set stands among all that changed a value: their numbers, oldest first. Pure. */

/** The place of the newest one that is not after `number`; 0 when all are. */
export const placeOf = (numbers: readonly number[], number: number): number => {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((numbers[middle] ?? 0) <= number) low = middle;
    else high = middle - 1;
  }
  return low;
};
