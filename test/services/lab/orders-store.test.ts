import test from 'ava';
import { openOrdersStore } from '../../../services/lab/orders-store.ts';

test('the orders are the same, whichever way they are had, and in every database', (t) => {
  const [one, another] = [openOrdersStore(), openOrdersStore()];
  t.teardown(() => {
    one.close();
    another.close();
  });
  const orders = one.listJoined();
  t.is(orders.length, 20);
  t.like(orders, [
    { id: 1, customer: 'Ada' },
    { id: 2, customer: 'Grace' },
  ]);
  t.deepEqual(one.listOneByOne(), orders);
  t.deepEqual(another.listOneByOne(), orders);
});
