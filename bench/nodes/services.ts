/** The services of the benchmark's mesh: as little work as possible, so that what tracing adds is seen at its largest. */
import type { Context, ServiceSchema } from 'moleculer';

/** Answers a user, with a greeting that it asks another service for. */
export const usersService: ServiceSchema = {
  name: 'users',
  actions: {
    get: {
      params: { id: 'string' },
      async handler(ctx: Context<{ id: string }>) {
        const { id } = ctx.params;
        const name = `user ${id}`;
        const { greeting } = await ctx.call<{ greeting: string }, { name: string }>('greeter.greet', {
          name,
        });
        return { id, name, email: `${id}@example.org`, greeting };
      },
    },
  },
};

/** Greets; `beforeGreeting` is the work that a workload asks for. */
export function greeterService(beforeGreeting: () => void): ServiceSchema {
  return {
    name: 'greeter',
    actions: {
      greet: {
        params: { name: 'string' },
        async handler(ctx: Context<{ name: string }>) {
          beforeGreeting();
          return { greeting: `Hello, ${ctx.params.name}!` };
        },
      },
    },
  };
}
