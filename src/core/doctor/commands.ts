/** `doctor.run`. */
import type { Handlers } from '../context.ts';
import { runDoctor } from './checks.ts';

export const doctorHandlers = { 'doctor.run': (ctx) => runDoctor(ctx) } satisfies Partial<Handlers>;
