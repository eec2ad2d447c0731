/**
 * Who was first, the person who cancels or the worker that begins to write: decided once, over memory that both threads
 * see. After the first byte a move is carried through; before it, stopping the thread leaves the store as it was.
 */
const free = 0;
const writing = 1;
const cancelled = 2;
/** Places in the array: the decision, and how many questions of the worker were answered. */
const decision = 0;
export const answered = 1;

export type Gate = Int32Array<SharedArrayBuffer>;

export const createGate = (): Gate => new Int32Array(new SharedArrayBuffer(8));

const claim = (gate: Gate, side: number): boolean => Atomics.compareExchange(gate, decision, free, side) === free;

/** True for the one that was first; from then on the other one's is false. */
export const beginWriting = (gate: Gate): boolean => claim(gate, writing);
export const beginCancelling = (gate: Gate): boolean => claim(gate, cancelled);

export const wasCancelled = (gate: Gate): boolean => Atomics.load(gate, decision) === cancelled;
export const hasBegunWriting = (gate: Gate): boolean => Atomics.load(gate, decision) === writing;
