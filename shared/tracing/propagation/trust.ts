/**
 * What the headers of an incoming HTTP request may decide.
 *
 * Whoever can set `uber-trace-id` can put spans into foreign traces and force sampling, so headers from outside decide
 * nothing by default.
 */
import type { IncomingMessage } from 'node:http';

/**
 * - `none`: headers are ignored, every request begins a trace of its own
 * - `ids`: the caller's trace is continued, but sampling is decided here and baggage is left behind
 * - `all`: the caller's trace, its sampling decision and its baggage are taken over
 * - `local`: `all` where the peer is this machine and no proxy stands between, else `none`
 */
export type TrustPolicy = 'none' | 'ids' | 'all' | 'local';

/** A policy with `local` resolved for one request. */
export type Trust = Exclude<TrustPolicy, 'local'>;

/** What the headers of `request` may decide under `policy`; nothing under one that does not exist. */
export function trustOf(request: IncomingMessage, policy: TrustPolicy): Trust {
  if (policy === 'all' || policy === 'ids') return policy;
  if (policy !== 'local') return 'none';
  return isLoopback(request.socket.remoteAddress) && !isForwarded(request) ? 'all' : 'none';
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** A proxy on this machine hands on requests of anybody. */
function isForwarded({ headers }: IncomingMessage): boolean {
  for (const name in headers)
    if (name === 'forwarded' || name === 'x-real-ip' || name.startsWith('x-forwarded-')) return true;
  return false;
}
