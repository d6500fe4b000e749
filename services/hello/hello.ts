/** What the hello service does, without the mesh. */
import type { Greeting, GreetingsRequest, Stroke } from '#shared/contracts/hello.ts';

/** Greets somebody by name. */
export function greet({ name }: { name: string }): Greeting {
  return { greeting: `Hello, ${name}!` };
}

/** Greets somebody again and again, each time when the next greeting is asked for. */
export function* greetAgain({ name, count = 5 }: GreetingsRequest): Generator<Greeting> {
  for (let said = 0; said < count; said++) yield greet({ name });
}

/** Returns every stroke as it comes. */
export async function* returnStrokes(strokes: AsyncIterable<Stroke>): AsyncGenerator<Stroke> {
  for await (const { stroke } of strokes) yield { stroke };
}
