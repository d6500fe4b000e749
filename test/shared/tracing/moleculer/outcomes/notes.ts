/** What happens on a node, in order: each handler with what it sees, and whatever else is worth a note. */
import { inspect } from 'node:util';
import type { Context, Middleware, ServiceBroker } from 'moleculer';

/** The notes of one node. */
export class Notes {
  lines: string[] = [];
  /** Handlers that run. */
  running = 0;
  /** Handlers that have begun. */
  begun = 0;

  reset(): void {
    this.lines = [];
    this.begun = 0;
  }
}

const notesOf = new WeakMap<ServiceBroker, Notes>();

/** Writes down that something has happened on this node. */
export function note(broker: ServiceBroker, text: string): void {
  notesOf.get(broker)?.lines.push(text);
}

type Handler = (ctx: Context) => Promise<unknown>;

/** A user's middleware that notes each handler: what it sees, and how it ends. */
export function notingMiddleware(notes: Notes): Middleware {
  const wrap = (next: Handler, { name = '' }: { name?: string }): Handler => {
    if (name.startsWith('$')) return next;
    return (ctx) => {
      const who = (ctx as { eventName?: string | null }).eventName ?? name;
      notes.lines.push(`${who} begins: ${seen(ctx)}`);
      notes.running++;
      notes.begun++;
      const end = (how: string): void => {
        notes.running--;
        notes.lines.push(`${who} ${how}`);
      };
      return next(ctx).then(
        (value) => {
          end('ends');
          return value;
        },
        (error) => {
          end(`fails: ${error instanceof Error ? error.message : inspect(error)}`);
          throw error;
        },
      );
    };
  };
  return {
    name: 'Notes',
    created: (broker: ServiceBroker) => notesOf.set(broker, notes),
    localAction: wrap,
    localEvent: wrap,
  } as unknown as Middleware;
}

function seen(ctx: Context): string {
  const { meta, level, caller, options } = ctx;
  const { headers } = ctx as { headers?: unknown };
  const given = Object.keys(options).sort();
  return inspect({ meta, headers, level, caller, options: given }, { breakLength: Infinity, sorted: true });
}
