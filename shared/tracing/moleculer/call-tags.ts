/** What the client span of a call shows of the action and, once it is known, of the node that is called. */
import type { Context } from 'moleculer';
import type { Span } from 'opentracing';
import { isRecorded } from '../recorded.ts';
import { growTags, remembered } from '../shared-tags.ts';
import * as tag from '../tags.ts';
import { serviceOf } from './caller-span.ts';
import { isOfCall } from './inner-wraps.ts';
import type { TracedContext } from './traced-context.ts';

/** The tags of an action's calls: as they begin, and once it is known which node is called. */
const tagsOf = remembered((name: string) => {
  const tags = Object.freeze({
    [tag.SPAN_KIND]: tag.CLIENT,
    [tag.COMPONENT]: 'moleculer',
    [tag.PEER_SERVICE]: serviceOf(name),
    [tag.MOLECULER_ACTION]: name,
  });
  const withNode = (remote: boolean) => (nodeID: string) =>
    Object.freeze({ ...tags, [tag.MOLECULER_NODE]: nodeID, [tag.MOLECULER_REMOTE]: remote });
  return { tags, withOwnNode: remembered(withNode(false)), withRemoteNode: remembered(withNode(true)) };
});

/** The tags of a call as it begins. */
export function callTags(name: string): Readonly<Record<string, unknown>> {
  return tagsOf(name).tags;
}

/** Adds what is known once a node is called. The context is whatever a middleware has put there, if it has answered itself. */
export function describeCallee(
  { span, name }: { readonly span: Span; readonly name: string },
  ctx: Partial<TracedContext> | null | undefined,
): void {
  if (!ctx?.nodeID || !isRecorded(span)) return;
  const { tags, withOwnNode, withRemoteNode } = tagsOf(name);
  const withNode = ctx.nodeID === ctx.broker?.nodeID ? withOwnNode : withRemoteNode;
  growTags(span, tags, withNode(ctx.nodeID));
  const timeoutMs = timeoutOf(ctx);
  if (timeoutMs > 0) span.setTag(tag.MOLECULER_TIMEOUT_MS, Math.round(timeoutMs));
  if (ctx.fallbackResult && isOfCall(ctx)) span.setTag(tag.MOLECULER_FALLBACK, true);
}

function timeoutOf({ options }: Partial<Context>): number {
  const timeout = options?.timeout;
  return typeof timeout === 'number' ? timeout : 0;
}
