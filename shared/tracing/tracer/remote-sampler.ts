/**
 * jaeger-client's remote sampler: a Jaeger says for each service, or each operation of it, which traces are recorded.
 *
 * The strategies and their meaning are jaeger-client's; the asking is our own, because its timers and requests keep a
 * process alive and have no deadline. It asks at the first span, and then at every interval.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { get } from '../node-http.ts';
import { cut } from '../text.ts';
import { partOfJaegerClient } from './jaeger-client-part.ts';
import type { Sampler } from './sampler.ts';

/** What a remote sampler is told. */
export interface RemoteSamplerSettings {
  readonly type: 'remote';
  /** The share of traces that is recorded until the first answer, from 0 to 1. */
  readonly param: number;
  /** The Jaeger that is asked, as `host:port`. @default `127.0.0.1:5778` */
  readonly hostPort?: string | undefined;
  /** Milliseconds from one question to the next. @default 60000 */
  readonly refreshIntervalMs?: number | undefined;
}

/** Takes what a sampler has to say. */
export interface SamplingLogger {
  warn(message: string): void;
}

/** jaeger-client's class, as far as it is used here; an interval of 0 keeps it from asking by itself. */
interface StrategySampler extends Sampler {
  _handleSamplingServerResponse(body: string): void;
}
type StrategySamplerClass = new (service: string, options: object) => StrategySampler;

const DEFAULT_HOST_PORT = '127.0.0.1:5778';
const DEFAULT_INTERVAL_MS = 60_000;
const ANSWER_WITHIN_MS = 5000;
const LONGEST_ANSWER = 1024 * 1024;
/** It may hold all of the answer. */
const LONGEST_REFUSAL = 200;

/** A sampler for one service, which asks nobody before its first decision. */
export function createRemoteSampler(
  settings: RemoteSamplerSettings,
  { service, logger }: { readonly service: string; readonly logger?: SamplingLogger },
): Sampler {
  const { param, hostPort = DEFAULT_HOST_PORT, refreshIntervalMs = DEFAULT_INTERVAL_MS } = settings;
  const url = new URL(`/sampling?service=${encodeURIComponent(service)}`, `http://${hostPort}`);
  const closed = new AbortController();
  // It begins to ask with the first span, whose request must not be held for as long as it asks.
  const outside = AsyncLocalStorage.snapshot();
  let strategy: StrategySampler | undefined;
  let refusal: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let heard: boolean | undefined;
  // It tells its logger, and nobody else, of an answer that it cannot use: of any page that is found at a wrong port.
  const refusals = {
    error(message: string) {
      refusal = message;
    },
  };

  const refresh = async (): Promise<void> => {
    try {
      const body = await ask(url, AbortSignal.any([closed.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]));
      refusal = undefined;
      strategy?._handleSamplingServerResponse(body);
      if (refusal !== undefined) throw new Error(cut(refusal, LONGEST_REFUSAL));
      heard = true;
    } catch (error) {
      if (!closed.signal.aborted && heard !== false)
        logger?.warn(`no sampling strategy for ${service} from ${url.host}: ${(error as Error).message}`);
      heard = false;
    }
  };
  const asking = (): StrategySampler => {
    if (strategy === undefined) {
      const Probabilistic = partOfJaegerClient<new (rate: number) => Sampler>(
        'samplers/probabilistic_sampler',
      );
      const Remote = partOfJaegerClient<StrategySamplerClass>('samplers/remote_sampler');
      const sampler = new Probabilistic(param);
      strategy = new Remote(service, { sampler, refreshInterval: 0, logger: refusals });
      if (!closed.signal.aborted) {
        timer = outside(() => setInterval(refresh, refreshIntervalMs).unref());
        void outside(refresh);
      }
    }
    return strategy;
  };
  return {
    onCreateSpan: (span) => asking().onCreateSpan(span),
    onSetOperationName: (span, name) => asking().onSetOperationName(span, name),
    onSetTag: (span, key, value) => asking().onSetTag(span, key, value),
    close(done) {
      clearInterval(timer);
      closed.abort();
      done?.();
    },
  };
}

/** The body of the answer; rejects where there is none in time. */
function ask(url: URL, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = get(url, { agent: false, signal }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > LONGEST_ANSWER) request.destroy(new Error('the answer is too long'));
    });
    response.on('error', reject);
    response.on('end', () => {
      if (response.statusCode === 200) resolve(body);
      else reject(new Error(`answered ${response.statusCode}`));
    });
  });
  request.on('socket', (socket) => socket.unref());
  request.on('error', reject);
  return promise;
}
