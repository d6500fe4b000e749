/**
 * Looks for spans that lie outside their parent's time because their host's clock is another. Jaeger would move them;
 * by default it moves nothing and only says what it would have done, which is what this does.
 */
import { durationText } from '../../spans/go-time.ts';
import { NO_SPAN_ID, type Span, type SpanBatch, textOf } from '../../spans/span.ts';
import { addWarnings } from '../../spans/warnings.ts';

interface Node {
  span: Span;
  /** Empty where the process named no host: then every span counts as on a host of its own. */
  host: string;
  children: Node[];
}

/** The difference to the clock of another host, and the host that has it. */
interface Skew {
  host: string;
  deltaNs: bigint;
}

/** Adds warnings of skew, of parents that are missing and of ids that come twice, in place. */
export function addClockSkewWarnings(batches: readonly SpanBatch[]): void {
  const nodes = nodesById(batches);
  // Not by recursion: a trace may be a chain of any length.
  const open = linkToParents(nodes).map((root) => ({ node: root, skew: { host: root.host, deltaNs: 0n } }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, skew } = next;
    if (skew.deltaNs !== 0n) addWarnings(node.span, disabledText(skew.deltaNs));
    for (const child of node.children) open.push({ node: child, skew: skewOf(child, node, skew) });
  }
}

function disabledText(deltaNs: bigint): string {
  return `clock skew adjustment disabled; not applying calculated delta of ${durationText(deltaNs)}`;
}

function nodesById(batches: readonly SpanBatch[]): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const { resource, spans } of batches) {
    const hostKey = ['host.id', 'host.ip', 'host.name'].find((key) => resource.has(key));
    const host = hostKey === undefined ? '' : textOf(resource.get(hostKey));
    for (const span of spans) {
      if (nodes.has(span.spanId)) addWarnings(span, 'duplicate span IDs; skipping clock skew adjustment');
      else nodes.set(span.spanId, { span, host, children: [] });
    }
  }
  return nodes;
}

/** Hangs each node under its parent and answers those without one. */
function linkToParents(nodes: ReadonlyMap<string, Node>): Node[] {
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    const { parentSpanId } = node.span;
    const parent = parentSpanId === NO_SPAN_ID ? undefined : nodes.get(parentSpanId);
    if (parent === undefined) roots.push(node);
    else parent.children.push(node);
    if (parent === undefined && parentSpanId !== NO_SPAN_ID)
      addWarnings(
        node.span,
        `parent span ID=${parentSpanId} is not in the trace; skipping clock skew adjustment`,
      );
  }
  return roots;
}

/** The skew of a child: its parent's where both are on one host. */
function skewOf(child: Node, parent: Node, parentSkew: Skew): Skew {
  if (child.host !== '' && child.host === parentSkew.host) return parentSkew;
  return { host: child.host, deltaNs: deltaBetween(child.span, parent.span) };
}

/** How far the child would have to move: to the middle of its parent, or to its start where it lasted longer. */
function deltaBetween(child: Span, parent: Span): bigint {
  const parentDurationNs = difference(parent.endNs, parent.startNs);
  const childDurationNs = difference(child.endNs, child.startNs);
  if (childDurationNs > parentDurationNs)
    return child.startNs < parent.startNs ? difference(parent.startNs, child.startNs) : 0n;
  if (child.startNs >= parent.startNs && child.endNs <= parent.endNs) return 0n;
  const latencyNs = (parentDurationNs - childDurationNs) / 2n;
  return difference(parent.startNs + latencyNs, child.startNs);
}

const MAX_NS = 2n ** 63n - 1n;
const MIN_NS = -(2n ** 63n);

/** A difference of times stops at the ends of 64 bits, as in Go. */
export function difference(later: bigint, earlier: bigint): bigint {
  const ns = later - earlier;
  return ns > MAX_NS ? MAX_NS : ns < MIN_NS ? MIN_NS : ns;
}
