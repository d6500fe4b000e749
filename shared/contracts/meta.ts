/** What travels with every call and event of a request, from hop to hop, beside its parameters. */

/** Moleculer's meta, as far as it is ours. */
export interface RequestMeta {
  /** The signed-in user in whose name it is done. */
  userId?: string;
}
