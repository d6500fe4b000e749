/** One node of its own process on loopback: `loopback-tcp.test.ts` kills it. */
import { ServiceBroker } from 'moleculer';
import { LoopbackTcp } from '#shared/loopback-tcp.ts';

const [nodeID = '', root = '', tmp = ''] = process.argv.slice(2);
const broker = new ServiceBroker({
  nodeID,
  logger: false,
  transporter: new LoopbackTcp({ namespace: '', root, tmp }),
});
broker.createService({ name: nodeID, actions: { where: () => nodeID } });
await broker.start();
process.send?.('started');
