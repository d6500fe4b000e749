/** A gateway that listens. */
export interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}
