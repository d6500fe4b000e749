import test from 'ava';
import { createTracing, traceUrl } from '#shared/tracing/index.ts';

const LINKS: [queryUrl: string, page: string][] = [
  ['http://jaeger:16686', 'http://jaeger:16686/trace/abc'],
  ['http://jaeger:16686//', 'http://jaeger:16686/trace/abc'],
  ['https://jaeger.example/ui/', 'https://jaeger.example/ui/trace/abc'],
  ['http://ada:s3cret@jaeger:16686/', 'http://jaeger:16686/trace/abc'],
  ['https://ada@jaeger.example/ui', 'https://jaeger.example/ui/trace/abc'],
];

for (const [queryUrl, page] of LINKS) {
  test.serial(`a link into the Jaeger at ${queryUrl}: ${page}`, (t) => {
    createTracing({ service: 's', backend: 'none', env: { JAEGER_QUERY_URL: queryUrl } });
    t.is(traceUrl('abc'), page);
    t.is(traceUrl('abc', 'd/e'), `${page}?uiFind=d%2Fe`);
  });
}
