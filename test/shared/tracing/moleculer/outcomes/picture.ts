/** How the spans of an outcome are drawn: everything that is not the same on every span. */
import type { RecordedSpan } from '#shared/tracing/testing.ts';

/** Tags that the picture shows in another way, or that are checked for all rows at once. */
const EVERYWHERE = new Set([
  'span.kind',
  'error',
  'component',
  'peer.service',
  'message_bus.destination',
  'moleculer.action',
  'moleculer.event',
  'moleculer.level',
  'moleculer.node',
  'moleculer.caller.node',
  'moleculer.remote',
  'moleculer.timeout_ms',
  'sampler.type',
  'sampler.param',
]);

/** The words behind a span: what went wrong, the tags that few spans have, the logs. */
export function unusualWords({ tags, logs }: RecordedSpan): string[] {
  const shown = Object.keys(tags).filter((name) => !EVERYWHERE.has(name));
  return [
    logs.map(({ fields }) => logWords(fields)).join(', '),
    ...shown.map((name) => `${name.replace(/^moleculer\./, '')}=${tags[name]}`),
  ].filter((word) => word !== '');
}

function logWords(fields: Readonly<Record<string, unknown>>): string {
  const { event } = fields;
  if (event !== 'error' && event !== 'refused') return `[${event}: ${fields['message']}]`;
  const { 'error.kind': kind, 'error.code': code, 'error.type': type } = fields;
  const words = [event === 'refused' ? 'refused' : '', kind, code, type];
  return words.filter((word) => word !== '' && word !== undefined && word !== null).join(' ');
}
