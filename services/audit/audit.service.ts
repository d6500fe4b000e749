/** The audit service, as the runner loads it: it hears what happens to users, and can be asked for it. */
import type { Context, ServiceSchema } from 'moleculer';
import { auditContract } from '#shared/contracts/audit.ts';
import { type EventHandlers, type EventName, events, listen } from '#shared/contracts/events.ts';
import { implement } from '#shared/contracts/implement.ts';
import type { RequestMeta } from '#shared/contracts/meta.ts';
import { traceFields } from '#shared/tracing/index.ts';
import { type Audit, createAudit } from './audit.ts';

/** An audit service with an empty memory. */
export function createAuditService(): ServiceSchema {
  const audit = createAudit();
  return {
    name: 'audit',
    actions: implement(auditContract, { list: (request) => audit.list(request) }),
    events: listen(hearing(audit)),
  };
}

/** The same for every event there is. */
function hearing(audit: Audit): EventHandlers {
  const hear = (event: EventName) => (payload: unknown, ctx: Context<unknown, RequestMeta>) => {
    const { traceId } = traceFields();
    const by = ctx.meta.userId;
    audit.record({
      event,
      payload,
      ...(by !== undefined && { by }),
      ...(traceId !== undefined && { traceId }),
    });
  };
  return Object.fromEntries((Object.keys(events) as EventName[]).map((event) => [event, hear(event)]));
}

export default createAuditService();
