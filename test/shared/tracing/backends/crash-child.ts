/** A process that finishes a span of each of two tracings, and dies of something else; its collector is away. */
import { createTracing } from '#shared/tracing/index.ts';

const [endpoint = '', spoolDir = '', end = ''] = process.argv.slice(2);
const logger = { debug() {}, info() {}, warn() {} };
for (const name of ['before', 'right before']) {
  const tracing = createTracing({ service: 'crasher', endpoint, spoolDir, logger, env: {} });
  tracing.tracerFor('crasher').startSpan(`${name} ${end}`).finish();
}
if (end === 'exit') process.exit(3);
if (end === 'exception') throw new Error('on purpose');
if (end === 'rejection') await Promise.reject(new Error('on purpose'));
