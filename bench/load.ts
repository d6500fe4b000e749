/** The load generator: closed loops against several targets at once, so that all of them see the same machine. */
import { Agent, get } from 'node:http';

/** How much load, and when it ends at the latest. */
export interface LoadOptions {
  /** Requests under way to each target, on average. */
  readonly inFlight: number;
  /** Requests to each target. */
  readonly requests: number;
  /** No request is begun after so long. */
  readonly deadlineMs: number;
}

/** What became of the requests to one target. */
export interface LoadResult {
  answered: number;
  failed: number;
}

interface Lane extends LoadResult {
  readonly url: URL;
  readonly agent: Agent;
}

const ANSWER_MS = 30_000;

/**
 * Sends `requests` to each target through a fixed number of closed loops, each of which takes the targets in turn: so all
 * targets get the same requests at the same rate, whichever is slower. Resolves when the last answer is in.
 */
export async function loadTogether(targets: readonly URL[], options: LoadOptions): Promise<LoadResult[]> {
  const lanes = targets.map((url): Lane => {
    return { url, agent: new Agent({ keepAlive: true }), answered: 0, failed: 0 };
  });
  const deadline = performance.now() + options.deadlineMs;
  const loops = options.inFlight * lanes.length;
  let turn = loops;
  const loop = async (first: number): Promise<void> => {
    for (let mine = first; mine < options.requests * lanes.length; mine = turn++) {
      if (performance.now() > deadline) return;
      const lane = lanes[mine % lanes.length] as Lane;
      if (await isAnswered(lane)) lane.answered++;
      else lane.failed++;
    }
  };
  await Promise.all(Array.from({ length: loops }, (_, slot) => loop(slot)));
  for (const { agent } of lanes) agent.destroy();
  return lanes.map(({ answered, failed }) => ({ answered, failed }));
}

function isAnswered({ url, agent }: Lane): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get(url, { agent, timeout: ANSWER_MS }, (response) => {
    response.resume();
    response.once('end', () => resolve(response.statusCode === 200));
    response.once('error', () => resolve(false));
  });
  request.once('timeout', () => request.destroy());
  request.once('error', () => resolve(false));
  return promise;
}
