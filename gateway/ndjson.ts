/** Answers with objects as they come: NDJSON, one a line. */
import { once } from 'node:events';
import { pipeline, type Readable, Transform } from 'node:stream';

/** The media type of NDJSON. */
export const NDJSON = 'application/x-ndjson';

/**
 * The lines of a stream of objects. It is read no faster than they are, destroyed with them, and fails them when it fails;
 * resolves when the first line is there, so that what fails before can still be answered as an error.
 * @param signal ends the wait for the first line, and the stream with it; once there is a line it is of no account
 * @throws what the stream fails with before its first line, or the reason of the signal
 */
export async function toNdjson(items: Readable, signal: AbortSignal): Promise<Readable> {
  const lines = new Transform({
    writableObjectMode: true,
    transform: (item, _, done) => done(null, `${JSON.stringify(item)}\n`),
  });
  pipeline(items, lines, () => {}); // what fails is heard from the lines
  try {
    await once(lines, 'readable', { signal });
  } catch (error) {
    lines.destroy();
    throw signal.aborted ? signal.reason : error;
  }
  return lines;
}
