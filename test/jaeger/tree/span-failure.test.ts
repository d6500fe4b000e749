import test from 'ava';
import { failed, failureMessage } from '../../../jaeger/tree/span-failure.ts';
import type { TagJson } from '../../../jaeger/tree/trace-json.ts';

const tags = (values: Record<string, string | number | boolean>): TagJson[] =>
  Object.entries(values).map(([key, value]) => ({ key, type: 'string', value }));
const log = (fields: Record<string, string>) => ({ timestamp: 0, fields: tags(fields) });

test('a span failed when its error tag or its status says so', (t) => {
  t.true(failed({ tags: tags({ error: true }) }));
  t.true(failed({ tags: tags({ error: 'true' }) }));
  t.true(failed({ tags: tags({ 'otel.status_code': 'ERROR' }) }));
  t.false(failed({ tags: tags({ error: false, 'http.status_code': 500, 'otel.status_code': 'OK' }) }));
});

for (const [title, span, message] of [
  [
    'the first error log with a message',
    {
      tags: tags({ 'otel.status_description': 'status' }),
      logs: [
        log({ event: 'cache miss', message: 'no' }),
        log({ event: 'error', 'error.kind': 'TypeError', message: 'x is not a function' }),
      ],
    },
    'TypeError: x is not a function',
  ],
  [
    'no kind twice',
    { tags: [], logs: [log({ event: 'error', 'error.kind': 'Error', message: 'Error: boom' })] },
    'Error: boom',
  ],
  [
    "OpenTelemetry's exception event",
    { tags: [], logs: [log({ event: 'exception', 'exception.type': 'E', 'exception.message': 'm' })] },
    'E: m',
  ],
  ['the kind alone', { tags: [], logs: [log({ event: 'error', 'error.kind': 'E' })] }, 'E'],
  ['the status', { tags: tags({ 'otel.status_description': 'it broke' }), logs: [] }, 'it broke'],
  ['the HTTP status', { tags: tags({ 'http.status_code': 503 }), logs: [] }, 'HTTP 503'],
  ['nothing', { tags: tags({ error: true }), logs: [log({ event: 'error' })] }, null],
] as const) {
  test(`of what a span failed: ${title}`, (t) =>
    t.is(failureMessage({ ...span, tags: [...span.tags], logs: [...span.logs] }), message));
}
