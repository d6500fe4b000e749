/** Asks the gateway whether the whole mesh is there: its own word says only that it listens. */
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
      const response = await fetch(`${gatewayUrl}/health/ready`, { signal: deadline });
      const text = await response.text();
      answer = `${response.status} ${text}`;
      if (response.ok && seesAll(services, text)) return;
    } catch {
      // it has not come so far, or it goes: whoever loses a child says so
    }
    await delay(25);
  }
  throw new LaunchError(`the gateway is not ready after ${limitMs / 1000} s, it answers ${answer}`);
}

function seesAll(services: readonly string[], text: string): boolean {
  const { services: seen } = JSON.parse(text) as { services: readonly string[] };
  return services.every((service) => seen.includes(service));
}
