/** What the audit service promises. */
import Type from 'typebox';
import { fields, type ServiceContract } from './contract.ts';

/** An event as it was heard. */
export const AuditEntry = fields({
  event: Type.String(),
  heardAt: Type.String({ format: 'date-time' }),
  payload: Type.Unknown(),
  by: Type.Optional(Type.String({ description: 'the signed-in user who caused it' })),
  traceId: Type.Optional(Type.String({ description: 'the trace that the event belongs to' })),
});
/** An event as it was heard. */
export type AuditEntry = Type.Static<typeof AuditEntry>;

/** Which entries are wanted; `default` says what a missing field means. */
export const AuditRequest = fields({
  event: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
});
/** Which entries are wanted. */
export type AuditRequest = Type.Static<typeof AuditRequest>;

/** The actions of the audit service. */
export const auditContract = {
  /** The latest first. */
  list: { params: AuditRequest, result: fields({ items: Type.Array(AuditEntry) }), repeatable: true },
} satisfies ServiceContract;
