/** V8's CPU profiler in this process, switched on for as long as the load lasts. */
import { writeFile } from 'node:fs/promises';
import type { Session } from 'node:inspector/promises';

/** Microseconds between two samples. */
const INTERVAL_US = 200;

export interface Profiler {
  start(): Promise<void>;
  /** Writes what was seen since the start to a `.cpuprofile` file. */
  stop(path: string): Promise<void>;
}

/** A profiler that loads nothing before its start. */
export function createProfiler(): Profiler {
  let session: Session | undefined;
  return {
    start: async () => {
      const inspector = await import('node:inspector/promises');
      session = new inspector.Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
      await session.post('Profiler.start');
    },
    stop: async (path) => {
      if (session === undefined) return;
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      await writeFile(path, JSON.stringify(profile));
    },
  };
}
