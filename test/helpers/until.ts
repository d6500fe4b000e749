/** Waits for what nobody announces. */
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves as soon as `holds` does, asked every few milliseconds. @throws after the deadline, 10 s by default */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { deadlineMs = 10_000 } = {},
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`Not true within ${deadlineMs} ms: ${holds}`);
    await delay(5);
  }
}
