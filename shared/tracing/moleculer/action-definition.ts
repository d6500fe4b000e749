/** An action as Moleculer's registry hands it to the wraps, as far as they look at it. */
export interface ActionDefinition {
  readonly name?: string;
  readonly service?: { readonly fullName?: string };
  readonly tracing?: unknown;
  readonly cache?: unknown;
  readonly fallback?: unknown;
  readonly bulkhead?: { readonly enabled?: boolean };
  readonly retryPolicy?: { readonly enabled?: boolean };
}
