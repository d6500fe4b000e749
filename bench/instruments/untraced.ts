import type { Instrument } from './instrument.ts';

/** No tracing at all: what everything else is held against. */
export const UNTRACED: Instrument = { koa: [], broker: {}, makeSpan() {} };
