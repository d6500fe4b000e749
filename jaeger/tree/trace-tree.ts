/**
 * Makes a tree of a trace's spans: what the page and `npm run trace` draw. Whatever the spans say of each other, each of
 * them is in the tree exactly once.
 */
import { failed, failureMessage } from './span-failure.ts';
import type { LogJson, ProcessJson, ReferenceJson, SpanJson, TagJson, TraceJson } from './trace-json.ts';

/** A span in its place. */
export interface TreeSpan {
  spanId: string;
  service: string;
  operation: string;
  /** `client`, `server`, `producer`, `consumer` or `internal`; null where the span has none. */
  kind: string | null;
  /** Microseconds since 1970. */
  startUs: number;
  durationUs: number;
  error: boolean;
  /** What went wrong, where the span says so. */
  errorMessage: string | null;
  /** How it names its parent; null where it names none. */
  reference: ReferenceJson['refType'] | null;
  /** The parent that it names and that is not in the trace. */
  missingParent: string | null;
  /** True where spans are each other's parents, and this one was taken as their root. */
  inCircle: boolean;
  tags: readonly TagJson[];
  logs: readonly LogJson[];
  processTags: readonly TagJson[];
  warnings: readonly string[];
  /** By start time. */
  children: TreeSpan[];
}

/** A whole trace. */
export interface TraceTree {
  traceId: string;
  /** Of the span that starts first, in microseconds since 1970. */
  startUs: number;
  /** From there to the end of the span that ends last. */
  durationUs: number;
  spanCount: number;
  errorCount: number;
  /** In the order of their first spans. */
  services: string[];
  /** The ids of parents that are named and not there. */
  missingParents: string[];
  /** The spans without a parent in the trace, by start time: one, when all has come. */
  roots: TreeSpan[];
}

/** A span and the id of its parent. */
interface Link {
  span: TreeSpan;
  parentId: string | undefined;
}

/** The tree of a trace. */
export function treeOf(trace: TraceJson): TraceTree {
  const links = trace.spans.map((json) => linkOf(json, trace.processes[json.processID]));
  links.sort((a, b) => a.span.startUs - b.span.startUs);
  const roots = hang(links);
  const spans = links.map(({ span }) => span);
  const startUs = spans[0]?.startUs ?? 0;
  const endUs = spans.reduce((last, span) => Math.max(last, span.startUs + span.durationUs), startUs);
  return {
    traceId: trace.traceID,
    startUs,
    durationUs: endUs - startUs,
    spanCount: spans.length,
    errorCount: spans.filter((span) => span.error).length,
    services: [...new Set(spans.map((span) => span.service))],
    missingParents: [...new Set(spans.flatMap((span) => span.missingParent ?? []))],
    roots,
  };
}

function linkOf(json: SpanJson, process: ProcessJson | undefined): Link {
  // Jaeger puts the parent first; a reference into another trace is none.
  const parent = json.references.find((reference) => reference.traceID === json.traceID);
  const kind = json.tags.find((tag) => tag.key === 'span.kind')?.value;
  const error = failed(json);
  const span: TreeSpan = {
    spanId: json.spanID,
    service: process?.serviceName ?? '',
    operation: json.operationName,
    kind: typeof kind === 'string' ? kind : null,
    startUs: Number(json.startTime),
    durationUs: Number(json.duration),
    error,
    errorMessage: error ? failureMessage(json) : null,
    reference: parent?.refType ?? null,
    missingParent: null,
    inCircle: false,
    tags: json.tags,
    logs: json.logs,
    processTags: process?.tags ?? [],
    warnings: json.warnings ?? [],
    children: [],
  };
  return { span, parentId: parent?.spanID };
}

/** Hangs each span under its parent, in order, and answers the roots. */
function hang(links: readonly Link[]): TreeSpan[] {
  const byId = new Map<string, Link>();
  for (const link of links) if (!byId.has(link.span.spanId)) byId.set(link.span.spanId, link);
  const roots: TreeSpan[] = [];
  for (const { span, parentId } of links) {
    const parent = parentId === undefined ? undefined : byId.get(parentId)?.span;
    if (parent !== undefined) parent.children.push(span);
    else {
      span.missingParent = parentId ?? null;
      roots.push(span);
    }
  }
  return [...roots, ...cutCircles(links, byId, roots)].sort((a, b) => a.startUs - b.startUs);
}

/** Spans that no root leads to hang from a circle of parents: each circle is cut above one span, the new root. */
function cutCircles(
  links: readonly Link[],
  byId: ReadonlyMap<string, Link>,
  roots: readonly TreeSpan[],
): TreeSpan[] {
  const reached = new Set<TreeSpan>();
  const reach = (from: TreeSpan[]): void => {
    for (let span = from.pop(); span !== undefined; span = from.pop()) {
      if (reached.has(span)) continue;
      reached.add(span);
      for (const child of span.children) from.push(child);
    }
  };
  reach([...roots]);
  const cut: TreeSpan[] = [];
  for (const link of links) {
    if (reached.has(link.span)) continue;
    const { span, parentId } = spanOnCircle(link, byId);
    const siblings = byId.get(parentId ?? '')?.span.children ?? [];
    siblings.splice(siblings.indexOf(span), 1);
    span.inCircle = true;
    cut.push(span);
    reach([span]);
  }
  return cut;
}

/** Goes up from a span that no root leads to until it comes back to where it was. */
function spanOnCircle(from: Link, byId: ReadonlyMap<string, Link>): Link {
  const passed = new Set<Link>();
  let link = from;
  while (!passed.has(link)) {
    passed.add(link);
    link = byId.get(link.parentId ?? '') ?? link;
  }
  return link;
}
