/** `/lab`: faults to find in a trace, each with `?cured=true` to see it gone; not in production. */
import { call } from '#shared/contracts/call.ts';
import { Cure, OrderList, Parcel, Quote, Reports } from '#shared/contracts/lab.ts';
import { type Route, route } from '../route.ts';

/** A route for each fault. */
export const labRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/lab/n-plus-one',
    summary:
      'Lists orders by a statement for the list and one more for each of them; cured, by one statement',
    access: 'anybody',
    query: Cure,
    success: { status: 200, description: 'The orders', schema: OrderList },
    failures: [],
    answer: ({ query, mesh }) => call(mesh, 'lab.listOrders', query),
  }),

  route({
    method: 'GET',
    path: '/lab/serial',
    summary: 'Makes a quote of three answers that are asked for one after the other; cured, at once',
    access: 'anybody',
    query: Cure,
    success: { status: 200, description: 'The quote', schema: Quote },
    failures: [],
    answer: ({ query, mesh }) => call(mesh, 'lab.quote', query),
  }),

  route({
    method: 'GET',
    path: '/lab/pool',
    summary: 'Renders six reports at once in a pool of one, where they queue; cured, in a pool of six',
    access: 'anybody',
    query: Cure,
    success: { status: 200, description: 'What was rendered', schema: Reports },
    failures: [],
    answer: ({ query, mesh }) => call(mesh, 'lab.renderReports', query),
  }),

  route({
    method: 'GET',
    path: '/lab/retry-storm',
    summary: 'Looks for a parcel through three services that all try again; cured, through one that does',
    access: 'anybody',
    query: Cure,
    success: {
      status: 200,
      description: 'That it was not found, and after how many attempts',
      schema: Parcel,
    },
    failures: [],
    answer: ({ query, mesh }) => call(mesh, 'lab.trackParcel', query),
  }),
];
