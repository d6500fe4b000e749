/** Turns whatever went wrong into an answer, in this one place: the client's faults by name, ours without a word. */
import type { Middleware } from 'koa';
import { Errors } from 'moleculer';
import { type FieldProblem, RequestError } from '#shared/errors.ts';
import { traceFields } from '#shared/tracing/index.ts';
import { DeadlineExceededError, TooManyAttemptsError } from './request-errors.ts';

/** An error as a client may know it. */
export interface ErrorAnswer {
  status: number;
  code: string;
  message: string;
  details?: readonly FieldProblem[];
}

const UNAVAILABLE = {
  status: 503,
  code: 'SERVICE_UNAVAILABLE',
  message: 'A service that is needed for this is not available at the moment',
};
const DEADLINE_EXCEEDED = { status: 504, code: 'DEADLINE_EXCEEDED', message: 'This took too long' };
const INTERNAL = { status: 500, code: 'INTERNAL_ERROR', message: 'Something went wrong on our side' };

// By Moleculer's own types: some of them carry a code, such as 404 for a missing service, that would mislead a client.
const MESH_FAILURES: Readonly<Record<string, ErrorAnswer>> = {
  SERVICE_NOT_FOUND: UNAVAILABLE,
  SERVICE_NOT_AVAILABLE: UNAVAILABLE,
  REQUEST_REJECTED: UNAVAILABLE,
  QUEUE_FULL: UNAVAILABLE,
  BAD_GATEWAY: UNAVAILABLE,
  REQUEST_TIMEOUT: DEADLINE_EXCEEDED,
  REQUEST_SKIPPED: DEADLINE_EXCEEDED,
};

/** What a client hears of an error. */
export function describeError(error: unknown): ErrorAnswer {
  if (error instanceof RequestError) {
    const { status, code, message, details } = error;
    return { status, code, message, ...(details && { details }) };
  }
  if (error instanceof DeadlineExceededError) return DEADLINE_EXCEEDED;
  if (error instanceof Errors.MoleculerError) return describeMeshError(error);
  return INTERNAL;
}

function describeMeshError({ code, type, message, data }: Errors.MoleculerError): ErrorAnswer {
  const failure = Object.hasOwn(MESH_FAILURES, type) ? MESH_FAILURES[type] : undefined;
  if (failure) return failure;
  if (code === 503) return UNAVAILABLE;
  if (typeof code !== 'number' || code < 400 || code >= 500 || !type) return INTERNAL;
  const details = fieldProblems(data);
  return { status: code, code: type, message, ...(details && { details }) };
}

/** The list of bad fields, where the data of an error is one; without what Moleculer adds to each of them. */
function fieldProblems(data: unknown): FieldProblem[] | undefined {
  if (!Array.isArray(data) || !data.every(isFieldProblem)) return undefined;
  return data.map(({ field, message }) => ({ field, message }));
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'field' in value && 'message' in value;
}

/** The body of every answer that is an error. */
export function errorBody({ code, message, details }: Omit<ErrorAnswer, 'status'>) {
  return { error: { code, message, traceId: traceFields().traceId, ...(details && { details }) } };
}

/** Answers with an error what throws further in, and tells the application where it is our fault. */
export function answerErrors(): Middleware {
  return async function answerError(ctx, next) {
    try {
      await next();
    } catch (error) {
      const answer = describeError(error);
      ctx.status = answer.status;
      ctx.body = errorBody(answer);
      if (answer.status === 401) ctx.set('WWW-Authenticate', 'Bearer');
      if (error instanceof TooManyAttemptsError) ctx.set('Retry-After', String(error.retryAfterS));
      // Koa's own way for what was answered already: the log and the tracing of this request listen.
      if (answer.status >= 500) ctx.app.emit('error', error, ctx);
    }
  };
}
