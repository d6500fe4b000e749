/** What the hello service promises. */
import Type from 'typebox';
import { fields, type ServiceContract, shortText } from './contract.ts';

/** A greeting, as it is answered. */
export const Greeting = fields({ greeting: Type.String() });
/** A greeting, as it is answered. */
export type Greeting = Type.Static<typeof Greeting>;

/** The actions of the hello service. */
export const helloContract = {
  greet: { params: fields({ name: shortText(100) }), result: Greeting },
} satisfies ServiceContract;
