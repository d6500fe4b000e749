/** A process that tells the time whenever it is asked. */
import { Clock } from '#shared/tracing/tracer/clock.ts';

const clock = new Clock();
clock.timeline();
process.on('message', () => process.send?.(clock.timeline().now()));
process.on('disconnect', () => process.exit());
process.send?.('ready');
