/** The lab, as the runner loads it: what is wrong here was planted, a fault a file. */
import type { ServiceSchema } from 'moleculer';
import { type Environment, expectLabAllowed } from '#shared/config.ts';
import { implement } from '#shared/contracts/implement.ts';
import { labContract } from '#shared/contracts/lab.ts';
import { type OrdersStore, openOrdersStore } from './orders-store.ts';

/** A lab that refuses to be created in production, and holds its database open while it is started. */
export function createLabService(env: Environment): ServiceSchema {
  let orders: OrdersStore;

  return {
    name: 'lab',
    actions: implement(labContract, {
      listOrders: ({ cured }) => ({ orders: cured ? orders.listJoined() : orders.listOneByOne() }),
    }),
    created() {
      expectLabAllowed(env);
    },
    async started() {
      orders = openOrdersStore();
    },
    async stopped() {
      orders?.close();
    },
  };
}

export default createLabService(process.env);
