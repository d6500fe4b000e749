/** Requests, one after the other on several connections, until told otherwise. */

/** What a load has met. */
export interface Load {
  /** The ids of the traces of all requests that were answered whole. */
  readonly traceIds: string[];
  /** Answers other than 200, with their bodies. */
  readonly others: string[];
  /** Resolves when the server takes no more requests, or {@link stop} was called. */
  readonly ended: Promise<unknown>;
  stop(): void;
}

/** Puts load on a URL until it cannot be reached any more. */
export function startLoad(url: string, { connections }: { connections: number }): Load {
  const traceIds: string[] = [];
  const others: string[] = [];
  let stopped = false;
  const run = async () => {
    while (!stopped) {
      try {
        const response = await fetch(url);
        const body = await response.text();
        if (response.status !== 200) others.push(`${response.status} ${body}`);
        traceIds.push(response.headers.get('x-trace-id') ?? 'none');
      } catch {
        return;
      }
    }
  };
  return {
    traceIds,
    others,
    ended: Promise.all(Array.from({ length: connections }, run)),
    stop: () => {
      stopped = true;
    },
  };
}
