/** Asks the gateway whether the whole mesh is there: its own word says only that it listens. */
import { setTimeout as delay } from 'node:timers/promises';
import { LaunchError } from './launch-error.ts';

/** Resolves when `GET /health/ready` answers 200. @throws {LaunchError} with what is missing after `limitMs` */
export async function untilHealthy(gatewayUrl: string, { limitMs = 60_000 } = {}): Promise<void> {
  const deadline = AbortSignal.timeout(limitMs);
  let answer = 'nothing';
  while (!deadline.aborted) {
    try {
      const response = await fetch(`${gatewayUrl}/health/ready`, { signal: deadline });
      answer = `${response.status} ${await response.text()}`;
      if (response.ok) return;
    } catch {
      // it has not come so far, or it goes: whoever loses a child says so
    }
    await delay(25);
  }
  throw new LaunchError(`the gateway is not ready after ${limitMs / 1000} s, it answers ${answer}`);
}
