/** How the span of an execution ends: with its result, or once all that goes on after it is over. */
import type { Span } from 'opentracing';
import { markError, markRefusal } from '../span-error.ts';
import { timeOf } from '../time-of.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';
import type { OpenSpan } from './open-ends.ts';
import { followStream, isStream } from './streams.ts';

/** A failure, when it was, and what the handler itself had returned: it may go on where the wraps have given up. */
export interface Failure {
  readonly error: unknown;
  readonly timeMs: number;
  readonly handled: Promise<unknown> | undefined;
}

/** What an execution has come to, beside its result. */
export interface Rest {
  /** The span as it waits for a stream that the caller sends. */
  readonly incoming?: OpenSpan | undefined;
  /** The response, which may be a stream. */
  readonly outgoing?: unknown;
  readonly failure?: Failure | undefined;
  /** When it ended, in milliseconds since 1970. @default now */
  readonly endMs?: number | undefined;
}

/** As with HTTP: a wrong request (4xx) is the caller's fault, everything else the server's. */
export function markFailure(span: Span, error: unknown): void {
  const code = memberOf(error, 'code');
  if (typeof code === 'number' && code < 500) markRefusal(span, error);
  else markError(span, error);
}

/** Ends the span, or has it wait for what goes on: the streams, and a handler that the deadline did not stop. */
export function endExecution(
  span: Span,
  { incoming, outgoing, failure, endMs }: Rest,
  { openEnds, lateCapMs }: MoleculerTracing,
): void {
  const goesOn = failure !== undefined && isTimeout(failure.error) ? failure : undefined;
  if (incoming === undefined && goesOn?.handled === undefined && !isStream(outgoing)) {
    span.finish(endMs);
    return;
  }
  const open = incoming ?? openEnds.keep(span);
  if (isStream(outgoing)) followStream(outgoing, open, { direction: 'sent' });
  if (goesOn?.handled) open.waitForHandler(goesOn.handled, { gaveUpMs: goesOn.timeMs, capMs: lateCapMs });
  else if (failure) open.cut();
  open.done(endMs);
}

/** The failure of an execution as it is now. */
export function failureNow(span: Span, error: unknown, handled: Promise<unknown> | undefined): Failure {
  return { error, timeMs: timeOf(span), handled };
}

/** The callee gave up at the deadline, or one that it called did. */
function isTimeout(error: unknown): boolean {
  return memberOf(error, 'type') === 'REQUEST_TIMEOUT';
}

/** What an error says of itself; undefined where it cannot be asked, as it is the application's to find that out. */
function memberOf(error: unknown, name: 'code' | 'type'): unknown {
  try {
    return (error as { code?: unknown; type?: unknown } | null | undefined)?.[name];
  } catch {
    return undefined; // a Proxy, or a getter, that throws
  }
}
