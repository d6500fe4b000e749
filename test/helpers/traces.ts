/** Traces as a Jaeger has them, as pictures. */
import type { TraceJson } from '../../jaeger/tree/trace-json.ts';
import { type TraceTree, type TreeSpan, treeOf } from '../../jaeger/tree/trace-tree.ts';
import { until } from './until.ts';

/** Reads a trace until it has so many spans. @throws after the deadline, with what is there */
export async function readTrace(
  queryUrl: string,
  traceId: string,
  { spans, deadlineMs = 10_000 }: { spans: number; deadlineMs?: number },
): Promise<TraceTree> {
  let tree: TraceTree | undefined;
  const isThere = async () => {
    const response = await fetch(`${queryUrl}/api/traces/${traceId}`);
    const { data } = (await response.json()) as { data?: TraceJson[] | null };
    if (data?.[0]) tree = treeOf(data[0]);
    return (tree?.spanCount ?? 0) >= spans;
  };
  await until(isThere, { deadlineMs }).catch(() => {});
  if (tree === undefined || tree.spanCount < spans) {
    throw new Error(
      `${traceId} has ${tree?.spanCount ?? 0} spans of ${spans}:\n${tree ? picture(tree) : ''}`,
    );
  }
  return tree;
}

/**
 * A trace as indented text, a line a span: `users hello.greet (client)`, with a `~` where it follows from its parent, and
 * what is wrong with it behind it. Siblings stand in the order of their lines, since some run at the same time.
 */
export function picture(tree: TraceTree): string {
  const draw = (span: TreeSpan, depth: number): string => {
    const follows = span.reference === 'FOLLOWS_FROM' ? '~ ' : '';
    const kind = span.kind === null ? '' : ` (${span.kind})`;
    const line = `${follows}${span.service} ${span.operation}${kind}${faultsOf(span)}`;
    return [`${'  '.repeat(depth)}${line}`, ...drawAll(span.children, depth + 1)].join('\n');
  };
  const drawAll = (spans: readonly TreeSpan[], depth: number) =>
    spans.map((span) => draw(span, depth)).sort();
  return drawAll(tree.roots, 0).join('\n');
}

/** The tags of the span with this operation and kind, by name. */
export function tagsOf(tree: TraceTree, operation: string, kind: string): Record<string, unknown> {
  const search = (spans: readonly TreeSpan[]): TreeSpan | undefined => {
    for (const span of spans) {
      const found = span.operation === operation && span.kind === kind ? span : search(span.children);
      if (found) return found;
    }
    return undefined;
  };
  return Object.fromEntries((search(tree.roots)?.tags ?? []).map(({ key, value }) => [key, value]));
}

/** The trace of `GET /user/test`, as every test of the whole mesh expects it. */
export const USER_TEST = {
  spans: 8,
  picture: `\
gateway GET /user/test (server)
  gateway users.test (client)
    users users.test (server)
      users hello.greet (client)
        hello hello.greet (server)
      users user.tested (producer)
        ~ audit user.tested (consumer)
        ~ hello user.tested (consumer)`,
} as const;

function faultsOf(span: TreeSpan): string {
  const faults = [
    ...(span.error ? ['ERROR'] : []),
    ...(span.missingParent ? [`ORPHAN of ${span.missingParent}`] : []),
    ...span.warnings.map((warning) => `WARNING ${warning}`),
  ];
  return faults.map((fault) => ` ${fault}`).join('');
}
