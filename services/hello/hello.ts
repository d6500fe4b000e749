/** What the hello service does, without the mesh. */
import type { Greeting } from '#shared/contracts/hello.ts';

/** Greets somebody by name. */
export function greet({ name }: { name: string }): Greeting {
  return { greeting: `Hello, ${name}!` };
}
