/** One encoded batch, ready to be sent; whoever hands it over does not touch `bytes` again. */
export interface Payload {
  readonly bytes: Uint8Array;
  /** How many spans are in `bytes`: the unit in which everything is counted. */
  readonly spans: number;
}
