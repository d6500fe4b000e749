import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { request as requestHttp } from '../node-http.ts';
import { type Clock, startBackgroundTimer, type Timer } from './clock.ts';
import type { Payload } from './payload.ts';
import { parseRetryAfter } from './retry-after.ts';

/** Where to POST, and how long to wait for what. */
export interface Target {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly maxRetryAfterMs: number;
}

/** What became of a request: taken, refused for good, or failed in a way that may pass. */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string; readonly retryAfterMs?: number | undefined };

/** One request on its way. */
export interface Attempt {
  /** Resolves when the request has left nothing open; never rejects. */
  readonly outcome: Promise<Outcome>;
  /** Ends the request at once. */
  abort(): void;
}

/** The status decides; a body is read only to say why, so neither a long nor an endless one is waited for. */
const MAX_ANSWER_BYTES = 64 * 1024;
const ANSWER_BODY_MS = 1_000;
const DETAIL_LENGTH = 200;

/** POSTs a payload on a connection of its own, which does not keep the process alive. */
export function postPayload(target: Target, payload: Payload): Attempt {
  const { clock, connectTimeoutMs, responseTimeoutMs } = target;
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const timers = new Set<Timer>();
  let outcome: Outcome | undefined;
  let request: ClientRequest | undefined;

  const end = (reached: Outcome): void => {
    outcome ??= reached;
    request?.destroy();
  };
  const failAfter = (delayMs: number, detail: string): Timer => {
    const timer = startBackgroundTimer(clock, delayMs, () => end({ kind: 'failed', detail }));
    timers.add(timer);
    return timer;
  };

  try {
    request = open(target, payload);
    request.on('error', (error) => end({ kind: 'failed', detail: describe(error) }));
    request.on('close', () => {
      for (const timer of timers) clock.clearTimeout(timer);
      resolve(outcome ?? { kind: 'failed', detail: 'connection closed without an answer' });
    });
    const connecting = failAfter(connectTimeoutMs, `no connection within ${connectTimeoutMs} ms`);
    failAfter(responseTimeoutMs, `no answer within ${responseTimeoutMs} ms`);
    request.on('socket', (socket: Socket) => {
      const connected = target.url.protocol === 'https:' ? 'secureConnect' : 'connect';
      socket.once(connected, () => clock.clearTimeout(connecting));
      letProcessEnd(socket);
    });
    request.on('response', (response) => {
      const verdict = judge(response, target);
      outcome ??= verdict;
      failAfter(ANSWER_BODY_MS, 'answer without an end');
      readAnswer(response, (text) => {
        if (outcome === verdict) outcome = withReason(verdict, text);
        request?.destroy();
      });
    });
    request.end(payload.bytes);
  } catch (error) {
    resolve({ kind: 'failed', detail: describe(error) });
  }
  return { outcome: promise, abort: () => end({ kind: 'failed', detail: 'given up' }) };
}

function open({ url, headers, agent }: Target, payload: Payload): ClientRequest {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp;
  return start(url, {
    method: 'POST',
    agent,
    headers: { ...headers, 'content-length': payload.bytes.byteLength },
  });
}

/** Unrefs a socket, also while it tries one address after another: each attempt has a new, ref'd handle. */
function letProcessEnd(socket: Socket): void {
  socket.unref();
  socket.on('connectionAttempt', () => socket.unref());
}

function judge(response: IncomingMessage, { clock, maxRetryAfterMs }: Target): Outcome {
  const status = response.statusCode ?? 0;
  const detail = `answered ${status}`;
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  if (status < 500 && status !== 408 && status !== 429) return { kind: 'rejected', detail };
  const retryAfter = response.headers['retry-after'];
  const retryAfterMs = parseRetryAfter(retryAfter, { nowMs: clock.now(), maxMs: maxRetryAfterMs });
  return { kind: 'failed', detail, retryAfterMs };
}

/** Reads an answer to its end or its bound, whichever comes first, and hands on the beginning of its text. */
function readAnswer(response: IncomingMessage, done: (text: string) => void): void {
  let text = '';
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (text.length < DETAIL_LENGTH) text += chunk.toString('utf8', 0, DETAIL_LENGTH);
    if (bytes > MAX_ANSWER_BYTES) done(text);
  });
  response.on('end', () => done(text));
  response.on('error', () => done(text));
}

/** Adds the collector's own words to a refusal. */
function withReason(outcome: Outcome, text: string): Outcome {
  if (outcome.kind === 'accepted') return outcome;
  const words = oneLine(text);
  return words === '' ? outcome : { ...outcome, detail: `${outcome.detail}: ${words}` };
}

/** The beginning of a text, without control characters: OpenSSL's messages end in a new line. */
function oneLine(text: string): string {
  return text
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, DETAIL_LENGTH);
}

/** An error's message; happy-eyeballs failures have none of their own, only those of each address. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(', ');
  return oneLine(error instanceof Error ? error.message || error.name : String(error));
}
