/** `npm start`: gateway, services and a Jaeger on this machine, each in a process of its own, under one terminal. */

import { startLifecycle } from '#shared/lifecycle.ts';
import { Fleet } from './dev/fleet.ts';
import { launch } from './dev/launch.ts';
import { createOutput } from './dev/output.ts';
import { findServices } from './dev/services.ts';

const DEFAULT_QUERY_URL = 'http://127.0.0.1:16686';
/** A terminal's Ctrl-C comes twice within moments: from the terminal, and passed on by npm. */
const SAME_INTERRUPT_MS = 1000;

const root = import.meta.dirname;
const services = findServices(root);
const longestName = Math.max(
  ...['gateway', 'jaeger', ...services.map(({ name }) => name)].map((name) => name.length),
);
const output = createOutput({ stream: process.stdout, longestName, colored: !process.env['NO_COLOR'] });
const fleet = new Fleet({
  root,
  onStart: ({ name, output: streams }) => {
    for (const stream of streams) output.follow(name, stream);
  },
});

const fail = (error: unknown) => process.stderr.write(`npm start: ${(error as Error).message}\n`);
let stopping = false;
startLifecycle({
  deadlineMs: 9500,
  logger: { info: output.say, error: (fields) => fail((fields as { err: Error }).err) },
  close: async () => {
    stopping = true;
    await fleet.stop();
    output.say('stopped');
  },
});
let interruptedAt: number | undefined;
process.on('SIGINT', () => {
  interruptedAt ??= performance.now();
  if (performance.now() - interruptedAt > SAME_INTERRUPT_MS) fleet.kill();
});

try {
  const { gatewayUrl, queryUrl } = await launch({ env: process.env, root, services, fleet, say: output.say });
  const variables =
    queryUrl === (process.env['JAEGER_QUERY_URL'] || DEFAULT_QUERY_URL)
      ? ''
      : `JAEGER_QUERY_URL=${queryUrl} `;
  output.say(`
ready ${gatewayUrl} trace UI ${queryUrl}

  a request   curl -i ${gatewayUrl}/user/test
  its trace   ${variables}npm run trace -- <x-trace-id of the answer>
  to stop     Ctrl-C
`);
  await fleet.lost;
} catch (error) {
  if (!stopping) {
    fail(error);
    await fleet.stop().catch(fail);
    process.exit(1);
  }
}
