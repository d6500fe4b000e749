/** What the lab promises: faults that were planted to be found in a trace, each with the switch that cures it. */
import Type from 'typebox';
import { fields, type ServiceContract } from './contract.ts';

/** The switch; `default` says what a missing field means. */
export const Cure = fields({
  cured: Type.Optional(Type.Boolean({ default: false, description: 'true takes the fault away' })),
});
/** The switch. */
export type Cure = Type.Static<typeof Cure>;

/** Orders, each with the name of its customer. */
export const OrderList = fields({
  orders: Type.Array(fields({ id: Type.Integer(), customer: Type.String() })),
});
/** Orders, each with the name of its customer. */
export type OrderList = Type.Static<typeof OrderList>;

const inStock = Type.Integer();
const priceCents = Type.Integer();
const shippingDays = Type.Integer();

/** How many there are, what one costs, and how long it is on its way. */
export const Quote = fields({ inStock, priceCents, shippingDays });
/** How many there are, what one costs, and how long it is on its way. */
export type Quote = Type.Static<typeof Quote>;

/** What there is a report on. */
export const REGIONS = ['north', 'east', 'south', 'west', 'inland', 'overseas'] as const;

const region = Type.Enum([...REGIONS]);

/** A report, as far as it matters here. */
export const Report = fields({ region });
/** A report, as far as it matters here. */
export type Report = Type.Static<typeof Report>;

/** The regions whose reports have been rendered. */
export const Reports = fields({ reports: Type.Array(region) });
/** The regions whose reports have been rendered. */
export type Reports = Type.Static<typeof Reports>;

const place = Type.Union([Type.String(), Type.Null()]);

/** Where a parcel is; null where nobody could say, and how often the one who knows was asked. */
export const Parcel = fields({ place, attempts: Type.Integer() });

/** The actions of the lab: one for each fault, which answers the same when it is cured; and those that it calls. */
export const labContract = {
  listOrders: { params: Cure, result: OrderList, repeatable: true },

  quote: { params: Cure, result: Quote, repeatable: true },
  checkStock: { params: fields({}), result: fields({ inStock }), repeatable: true },
  findPrice: { params: fields({}), result: fields({ priceCents }), repeatable: true },
  estimateShipping: { params: fields({}), result: fields({ shippingDays }), repeatable: true },

  renderReports: { params: Cure, result: Reports, repeatable: true },
  renderInPoolOfOne: { params: Report, result: Report, repeatable: true },
  renderInPoolOfSix: { params: Report, result: Report, repeatable: true },

  trackParcel: { params: Cure, result: Parcel },
  askCarrier: { params: Cure, result: fields({ place }), repeatable: true },
  askDepot: { params: Cure, result: fields({ place }), repeatable: true },
  askScanner: { params: fields({}), result: fields({ place }), repeatable: true },
} satisfies ServiceContract;
