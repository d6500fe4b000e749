/** The N+1 query: orders and customers in a database of the lab's own, in memory, filled at the start and then only read. */
import { DatabaseSync } from 'node:sqlite';
import type { OrderList } from '#shared/contracts/lab.ts';
import { tracedDatabase } from '#shared/tracing/index.ts';

/** An order as it is answered. */
type Order = OrderList['orders'][number];

/** The orders, to be had in two ways. */
export interface OrdersStore {
  /** One statement for the orders, and then one for the customer of each: the fault. */
  listOneByOne(): Order[];
  /** One statement for both: the cure. */
  listJoined(): Order[];
  close(): void;
}

const CUSTOMERS = ['Ada', 'Grace', 'Hedy', 'Katherine', 'Mary', 'Radia', 'Sofia'];
const ORDER_COUNT = 20;

/** Opens a new database, with the same twenty orders every time. */
export function openOrdersStore(): OrdersStore {
  const db = tracedDatabase(createDatabase(), { instance: 'lab' });
  const listOrders = db.prepare('SELECT id, customer_id AS customerId FROM orders ORDER BY id');
  const findCustomer = db.prepare('SELECT name FROM customers WHERE id = ?');
  const listBoth = db.prepare(
    `SELECT orders.id, customers.name AS customer
     FROM orders JOIN customers ON customers.id = orders.customer_id ORDER BY orders.id`,
  );
  return {
    listOneByOne: () =>
      listOrders.all().map(({ id, customerId }) => {
        const { name } = findCustomer.get(Number(customerId)) ?? {};
        return { id: Number(id), customer: String(name) };
      }),
    listJoined: () =>
      listBoth.all().map(({ id, customer }) => ({ id: Number(id), customer: String(customer) })),
    close: () => db.close(),
  };
}

function createDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(`
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers) STRICT;`);
  const addCustomer = db.prepare('INSERT INTO customers (name) VALUES (?)');
  for (const name of CUSTOMERS) addCustomer.run(name);
  const addOrder = db.prepare('INSERT INTO orders (customer_id) VALUES (?)');
  for (let order = 0; order < ORDER_COUNT; order++) addOrder.run(1 + (order % CUSTOMERS.length));
  return db;
}
