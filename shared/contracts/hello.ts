/** What the hello service promises. */
import Type from 'typebox';
import { fields, type ServiceContract, shortText } from './contract.ts';

/** A greeting, as it is answered. */
export const Greeting = fields({ greeting: Type.String() });
/** A greeting, as it is answered. */
export type Greeting = Type.Static<typeof Greeting>;

const name = shortText(100);

/** Who is greeted how often; `default` says what a missing field means. */
export const GreetingsRequest = fields({
  name,
  // A reader that lags behind is waited for within a process; across the mesh what it has not read yet is kept for it.
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 5 })),
});
/** Who is greeted how often. */
export type GreetingsRequest = Type.Static<typeof GreetingsRequest>;

/** One stroke of a game, there and back. */
export const Stroke = fields({ stroke: Type.Integer() });
/** One stroke of a game, there and back. */
export type Stroke = Type.Static<typeof Stroke>;

/** The actions of the hello service. */
export const helloContract = {
  greet: { params: fields({ name }), result: Greeting, repeatable: true },
  stream: { params: GreetingsRequest, result: Greeting, streamed: true },
  pingpong: { params: fields({}), input: Stroke, result: Stroke, streamed: true },
} satisfies ServiceContract;
