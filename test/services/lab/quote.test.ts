import test from 'ava';
import { quoteAtOnce, quoteInTurn } from '../../../services/lab/quote.ts';

/** A mesh that answers a turn of the loop later, and remembers what it was asked and how much of it at once. */
function createMesh() {
  const asked: string[] = [];
  let open = 0;
  let mostOpen = 0;
  const answers: Record<string, object> = {
    'lab.checkStock': { inStock: 3 },
    'lab.findPrice': { priceCents: 1900 },
    'lab.estimateShipping': { shippingDays: 2 },
  };
  const call = async (action: string) => {
    asked.push(action);
    mostOpen = Math.max(mostOpen, ++open);
    await new Promise(setImmediate);
    open--;
    return answers[action];
  };
  return { call, asked, mostOpen: () => mostOpen };
}

for (const [title, quote, mostOpen] of [
  ['in turn asks one after the other', quoteInTurn, 1],
  ['at once asks all three together', quoteAtOnce, 3],
] as const) {
  test(`a quote ${title}, with the same answer`, async (t) => {
    const mesh = createMesh();
    t.deepEqual(await quote(mesh), { inStock: 3, priceCents: 1900, shippingDays: 2 });
    t.deepEqual(mesh.asked, ['lab.checkStock', 'lab.findPrice', 'lab.estimateShipping']);
    t.is(mesh.mostOpen(), mostOpen);
  });
}
