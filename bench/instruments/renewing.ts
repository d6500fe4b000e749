/**
 * No tracing, but what the library does to Moleculer's list of pending requests beside it: held against this, the rest is
 * what tracing itself costs.
 */
import type { Middleware } from 'moleculer';
import { renewPendingRequests } from '#shared/tracing/moleculer/pending-requests.ts';
import type { Instrument } from './instrument.ts';

const middleware = { created: renewPendingRequests } as unknown as Middleware;

export const RENEWING: Instrument = { koa: [], broker: { middlewares: [middleware] }, makeSpan() {} };
