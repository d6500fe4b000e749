/** How every broker bears what goes wrong in the mesh, each number with its reason. */
import type { BrokerOptions, Errors } from 'moleculer';

/** Part of the options of every broker. */
export const resilience = {
  // Moleculer's default is none: a call to a dead node would wait for ever. Five seconds are what people wait for.
  requestTimeout: 5000,

  // NATS tells of no dead node but by the heartbeats that fail to come, three in a row, as a busy node is late with some.
  // Moleculer looks for them as often as the timeout is long, so that it takes one to two of them: 6 to 12 s in which
  // calls to the dead node go out in vain. Its defaults would make that 30 to 60 s.
  heartbeatInterval: 2,
  heartbeatTimeout: 6,

  // Only actions whose contract says `repeatable` try again (see implement.ts), at once on another node, then after a
  // moment. Not after a timeout, since the time is over then; nor against a full queue, which more calls keep full.
  retryPolicy: {
    enabled: false,
    retries: 2,
    delay: 50,
    factor: 3,
    maxDelay: 500,
    check: (error: Error) => isRetryable(error),
  },

  // A node of which half of at least twenty calls in ten seconds failed through its own fault gets a rest of three, and
  // then one call to prove itself. Twenty, so that two failures after a quiet night do not close a service.
  circuitBreaker: {
    enabled: true,
    threshold: 0.5,
    minRequestCount: 20,
    windowTime: 10,
    halfOpenTime: 3000,
    check: (error: Error) => isFaultOfNode(error),
  },

  // Where actions say what may be remembered of them; bounded, the least used goes first.
  cacher: { type: 'MemoryLRU', options: { max: 10_000 } },
} satisfies BrokerOptions;

type MeshError = Partial<Errors.MoleculerRetryableError>;

function isRetryable(error: Error): boolean {
  const { retryable, code } = error as MeshError;
  return retryable === true && code !== 504 && code !== 429;
}

/** Errors without a code are faults of the code; those from 500 on say that they are the service's. */
function isFaultOfNode(error: Error): boolean {
  const { code } = error as MeshError;
  return typeof code !== 'number' || code >= 500;
}
