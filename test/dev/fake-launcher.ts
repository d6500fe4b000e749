/** A launcher of fakes, to be killed by `fleet.test.ts`. */
import { join } from 'node:path';
import { Fleet } from '../../dev/fleet.ts';

const [diary = ''] = process.argv.slice(2);
const fleet = new Fleet({ root: import.meta.dirname, onStart: () => {} });
const plan = (name: string) => ({
  name,
  args: [join(import.meta.dirname, 'fake-child.ts'), name, diary],
  env: process.env,
});
await fleet.start([plan('jaeger')]);
await Promise.all([fleet.start([plan('hello'), plan('users')]), fleet.start([plan('gateway')])]);
process.send?.('started');
