/** Asks the gateway whether the whole mesh is there: its own word says only that it listens. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from './launch-error.ts';

/** What {@link untilHealthy} waits for. */
export interface HealthOptions {
  /** Services that the gateway has to see, though it may be ready without them. @default none */
  services?: readonly string[];
  /** @default 60000 */
  limitMs?: number;
}

/** Resolves when `GET /health/ready` answers 200 and names these services. @throws {LaunchError} with what is missing after `limitMs` */
export async function untilHealthy(
  gatewayUrl: string,
  { services = [], limitMs = 60_000 }: HealthOptions = {},
): Promise<void> {
  const deadline = AbortSignal.timeout(limitMs);
  let answer = 'nothing';
  while (!deadline.aborted) {
    try {
      const { status, body } = await ask(`${gatewayUrl}/health/ready`, deadline);
      answer = `${status} ${body}`;
      if (status === 200 && seesAll(services, body)) return;
    } catch {
      // it has not come so far, or it goes: whoever loses a child says so
    }
    await delay(25);
  }
  throw new LaunchError(`the gateway is not ready after ${limitMs / 1000} s, it answers ${answer}`);
}

/** Not by `fetch`, which refuses some of the ports that a gateway may be given, such as 6000. */
async function ask(url: string, signal: AbortSignal): Promise<{ status: number | undefined; body: string }> {
  const request = get(url, { signal });
  request.on('error', () => {}); // heard by `once` up to the answer, and from then on by whoever reads that
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

function seesAll(services: readonly string[], body: string): boolean {
  const { services: seen } = JSON.parse(body) as { services: readonly string[] };
  return services.every((service) => seen.includes(service));
}
