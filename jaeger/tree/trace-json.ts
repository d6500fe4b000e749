/**
 * A trace as Jaeger's `GET /api/traces/{id}` answers it: the form that its UI and other tools read.
 * Source: https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go
 */

/** A tag, or a field of a log. */
export interface TagJson {
  key: string;
  type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  /** A text for binary values (base64) and for whole numbers beyond 2^53. */
  value: string | number | boolean | null;
}

/** A reference to another span: the parent is the first of the same trace. */
export interface ReferenceJson {
  refType: 'CHILD_OF' | 'FOLLOWS_FROM';
  traceID: string;
  spanID: string;
}

/** Something that happened within a span; `timestamp` in microseconds since 1970. */
export interface LogJson {
  timestamp: number | bigint;
  fields: TagJson[];
}

/** A span; times in microseconds. */
export interface SpanJson {
  traceID: string;
  spanID: string;
  operationName: string;
  references: ReferenceJson[];
  startTime: number | bigint;
  duration: number | bigint;
  tags: TagJson[];
  logs: LogJson[];
  processID: string;
  warnings: readonly string[] | null;
}

/** Who made spans. */
export interface ProcessJson {
  serviceName: string;
  tags: TagJson[];
}

/** A whole trace, `spans` in order of arrival. */
export interface TraceJson {
  traceID: string;
  spans: SpanJson[];
  processes: Record<string, ProcessJson>;
  warnings: readonly string[] | null;
}
