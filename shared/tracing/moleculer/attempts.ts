/**
 * Retries. Moleculer's retry runs inside of the first attempt: the hooks of attempt 1 settle only after the last one, with
 * its result. So each attempt's failure is noted where it happens, just inside the retry middleware, and the spans of an
 * attempt are closed with it as the next attempt begins.
 */
import type { Span } from 'opentracing';
import { markError } from '../span-error.ts';
import * as tag from '../tags.ts';
import { endExecution, type Failure, markFailure } from './execution-end.ts';
import type { MoleculerTracing } from './moleculer-tracing.ts';

/** One attempt of a call, kept on the options that all its attempts share. */
export interface Attempt {
  /** What the spans of all attempts are children of. */
  readonly parent: Span | undefined;
  number: number;
  client: Span | undefined;
  /** Where the action ran in this process. */
  server: Span | undefined;
  failure: Failure | undefined;
}

const ATTEMPT = Symbol('attempt');

type Options = { [ATTEMPT]?: Attempt };

/** The attempt that is under way for these call options, if it is one of several or may become so. */
export function attemptOf(options: object | null | undefined): Attempt | undefined {
  return (options as Options | null | undefined)?.[ATTEMPT];
}

/** Notes the first attempt on the options of the call, which belong to this hop alone. */
export function beginAttempts(options: object, parent: Span | undefined, client: Span | undefined): Attempt {
  const attempt: Attempt = { parent, number: 1, client, server: undefined, failure: undefined };
  Object.defineProperty(options, ATTEMPT, { value: attempt, writable: true });
  return attempt;
}

/** Closes the spans of an attempt that failed, at the time at which it did, and counts on. */
export function nextAttempt(attempt: Attempt, tracing: MoleculerTracing): void {
  const { client, server, failure, number } = attempt;
  (client ?? server)?.setTag(tag.MOLECULER_ATTEMPT, number);
  if (server) {
    if (failure) markFailure(server, failure.error);
    endExecution(server, { failure, endMs: failure?.timeMs }, tracing);
  }
  if (client) {
    if (failure) markError(client, failure.error);
    client.finish(failure?.timeMs);
  }
  attempt.number++;
  attempt.client = undefined;
  attempt.server = undefined;
  attempt.failure = undefined;
}
