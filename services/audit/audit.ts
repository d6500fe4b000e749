/** What the audit service does, without the mesh. */
import type { AuditEntry, AuditRequest } from '#shared/contracts/audit.ts';

/** What {@link createAudit} takes from the outside. */
export interface AuditOptions {
  /** How many entries are kept; older ones are forgotten. @default 1000 */
  capacity?: number;
  /** @default the wall clock */
  now?: () => Date;
}

/** What was heard, as others may ask for it. */
export interface Audit {
  record(entry: Omit<AuditEntry, 'heardAt'>): void;
  /** The latest first. */
  list(request: AuditRequest): { items: AuditEntry[] };
}

/** An audit that keeps the last entries, in memory: it shows that events arrive, and is no archive. */
export function createAudit({ capacity = 1000, now = () => new Date() }: AuditOptions = {}): Audit {
  const entries: AuditEntry[] = [];
  return {
    record(entry) {
      entries.unshift({ ...entry, heardAt: now().toISOString() });
      if (entries.length > capacity) entries.pop();
    },

    list({ event, limit = 100 }) {
      const wanted = event === undefined ? entries : entries.filter((entry) => entry.event === event);
      return { items: wanted.slice(0, limit) };
    },
  };
}
