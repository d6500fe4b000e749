/** What the lab promises: faults that were planted to be found in a trace, each with the switch that cures it. */
import Type from 'typebox';
import { fields, type ServiceContract } from './contract.ts';

/** The switch; `default` says what a missing field means. */
export const Cure = fields({
  cured: Type.Optional(Type.Boolean({ default: false, description: 'true takes the fault away' })),
});

/** Orders, each with the name of its customer. */
export const OrderList = fields({
  orders: Type.Array(fields({ id: Type.Integer(), customer: Type.String() })),
});
/** Orders, each with the name of its customer. */
export type OrderList = Type.Static<typeof OrderList>;

/** The actions of the lab: one for each fault. What they answer is the same with the fault and without. */
export const labContract = {
  listOrders: { params: Cure, result: OrderList, repeatable: true },
} satisfies ServiceContract;
