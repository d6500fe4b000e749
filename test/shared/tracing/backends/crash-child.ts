/** A process that finishes a span, and dies of something else; its collector is away. */
import { createTracing } from '#shared/tracing/index.ts';

const [endpoint = '', spoolDir = '', end = ''] = process.argv.slice(2);
const logger = { debug() {}, info() {}, warn() {} };
const tracing = createTracing({ service: 'crasher', endpoint, spoolDir, logger, env: {} });
tracing.tracerFor('crasher').startSpan(`before ${end}`).finish();
if (end === 'exit') process.exit(3);
if (end === 'exception') throw new Error('on purpose');
if (end === 'rejection') await Promise.reject(new Error('on purpose'));
