/** `npm start` of a clone, on a machine whose NATS listens elsewhere than on 4222: `clones.test.ts` starts two. */
import { runLauncher } from '../../dev/run-launcher.ts';

const [root = '', natsPort] = process.argv.slice(2);
await runLauncher({ root, env: process.env, natsPort: Number(natsPort) });
