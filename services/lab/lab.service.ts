/** The lab, as the runner loads it: what is wrong here was planted, a fault a file. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceSchema } from 'moleculer';
import { type Environment, expectLabAllowed } from '#shared/config.ts';
import { implement } from '#shared/contracts/implement.ts';
import { labContract, REGIONS } from '#shared/contracts/lab.ts';
import { type OrdersStore, openOrdersStore } from './orders-store.ts';
import { parcelHandlers, parcelSettings } from './parcel.ts';
import { quoteAtOnce, quoteInTurn } from './quote.ts';
import { createRender, poolOf, renderAll } from './reports.ts';
import { createNeighbours, type Wait } from './slow-neighbours.ts';

/** What {@link createLabService} takes from the outside. */
export interface LabOptions {
  /** How slow neighbours are waited for. @default a timer */
  wait?: Wait;
}

/** A lab that refuses to be created in production, and holds its database open while it is started. */
export function createLabService(env: Environment, { wait = delay }: LabOptions = {}): ServiceSchema {
  let orders: OrdersStore;
  const render = createRender(wait);

  return {
    name: 'lab',
    actions: implement(
      labContract,
      {
        listOrders: ({ cured }) => ({ orders: cured ? orders.listJoined() : orders.listOneByOne() }),

        quote: ({ cured }, ctx) => (cured ? quoteAtOnce(ctx) : quoteInTurn(ctx)),
        ...createNeighbours(wait),

        renderReports: ({ cured }, ctx) =>
          renderAll(ctx, cured ? 'lab.renderInPoolOfSix' : 'lab.renderInPoolOfOne'),
        renderInPoolOfOne: render,
        renderInPoolOfSix: render,

        ...parcelHandlers,
      },
      {
        actions: {
          renderInPoolOfOne: poolOf(1),
          renderInPoolOfSix: poolOf(REGIONS.length),
          ...parcelSettings,
        },
      },
    ),
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
