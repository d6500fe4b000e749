/** The serial chain: a quote needs three answers, and none of these needs another. */
import { type Caller, call } from '#shared/contracts/call.ts';
import type { Quote } from '#shared/contracts/lab.ts';

/** One after the other, as `await` is easily written, so that their times add up: the fault. */
export async function quoteInTurn(mesh: Caller): Promise<Quote> {
  const { inStock } = await call(mesh, 'lab.checkStock', {});
  const { priceCents } = await call(mesh, 'lab.findPrice', {});
  const { shippingDays } = await call(mesh, 'lab.estimateShipping', {});
  return { inStock, priceCents, shippingDays };
}

/** All at once, so that it takes as long as the slowest of them: the cure. */
export async function quoteAtOnce(mesh: Caller): Promise<Quote> {
  const [stock, price, shipping] = await Promise.all([
    call(mesh, 'lab.checkStock', {}),
    call(mesh, 'lab.findPrice', {}),
    call(mesh, 'lab.estimateShipping', {}),
  ]);
  return { ...stock, ...price, ...shipping };
}
