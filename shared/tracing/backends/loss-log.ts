/** Tells of lost spans where people look: on a span that is not lost. */

/** Spans that were lost so far, by reason. */
export type Losses = Readonly<Record<string, number>>;

/** What a span's log says of a loss. */
export type LossFields = Readonly<Record<string, string | number>>;

/**
 * Answers what has been lost since it last had something to say, as the fields of a log:
 * `{ event: 'spans lost', spans: 12, queue_full: 12 }`; undefined where nothing has.
 */
export function createLossLog(read: () => Losses): () => LossFields | undefined {
  let told: Losses = {};
  return () => {
    const losses = read();
    const since = Object.entries(losses)
      .map(([reason, spans]) => [reason, spans - (told[reason] ?? 0)] as const)
      .filter(([, spans]) => spans > 0);
    if (since.length === 0) return undefined;
    told = losses;
    const spans = since.reduce((sum, [, lost]) => sum + lost, 0);
    return { event: 'spans lost', spans, ...Object.fromEntries(since) };
  };
}
