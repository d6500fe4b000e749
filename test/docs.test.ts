/** What the documents say is there. */
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import test from 'ava';
import { type Logger, type LoggerOptions, pino } from 'pino';
import { parse } from 'yaml';
import { createTracing, inSpan, logOnSpan, traceFields } from '#shared/tracing/index.ts';
import { createMemoryTracing } from '#shared/tracing/testing.ts';
import { readComposeFile } from './helpers/compose.ts';
import { ROOT, startProcess } from './helpers/processes.ts';
import { rows } from './shared/tracing/moleculer/outcomes/table.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const documents = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })];

/** As GitHub names the headings of a document. */
function anchorsOf(document: string): string[] {
  return [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

for (const document of documents)
  test(`every link of ${document} leads somewhere`, (t) => {
    const links = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const broken = links
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? document : join(dirname(document), path);
        return (
          !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
        );
      });
    t.deepEqual(broken, []);
  });

test('as many outcomes are promised as are tested', (t) => {
  const text = documents.map(read).join('\n').replaceAll(/\s+/g, ' ');
  const promised = text.matchAll(/(?:whole table, |each of )(\d+) (?:of them|outcomes)/g);
  t.deepEqual(
    [...promised].map(([, count]) => Number(count)),
    [rows.length, rows.length],
  );
});

test('every document is linked from the README', (t) => {
  const readme = read('README.md');
  for (const document of documents.slice(1)) t.true(readme.includes(`(${document})`), document);
});

test('every variable of the documents is one of the README', (t) => {
  const readme = read('README.md');
  const theirs = /^(JAEGER_(DATA|SAMPLING)|NODE_ENV)$/; // of Jaeger's own configuration, and of Node
  const named = documents.slice(1).flatMap((document) => read(document).match(/\b[A-Z]+_[A-Z_]+\b/g) ?? []);
  t.true(named.length > 10);
  t.deepEqual(
    [...new Set(named)].filter((name) => !theirs.test(name) && !readme.includes(`\`${name}\``)),
    [],
  );
});

test('every variable that the code reads is one of the README', (t) => {
  const readme = read('README.md');
  const sources = globSync('{shared,gateway,services,jaeger,dev}/**/*.ts', { cwd: ROOT }).map(read);
  const anywhere = sources.flatMap((text) => [...text.matchAll(/\benv\['(\w+)'\]/g)]);
  const bySettings = ['shared/config.ts', 'shared/tracing/settings.ts'].flatMap((path) => [
    ...read(path).matchAll(/'([A-Z][A-Z_]+)'/g),
  ]);
  const names = new Set([...anywhere, ...bySettings].map(([, name = '']) => name));
  t.true(names.size > 40);
  // Of receivers that the stand-in does not have: their ports are checked, and nothing listens there.
  for (const unused of ['OTLP', 'ZIPKIN']) t.true(names.delete(`JAEGER_${unused}_PORT`));
  t.deepEqual(
    [...names].filter((name) => !readme.includes(`\`${name}\``)),
    [],
  );
});

test('every reason for which spans are lost is explained', (t) => {
  const { dropped } = createTracing({ service: 'test', backend: 'jaeger', env: {} }).stats();
  const operating = read('docs/operating.md');
  for (const reason of Object.keys(dropped)) t.true(operating.includes(`\`${reason}\``), reason);
});

test('the configuration of a lasting Jaeger takes what the compose file sends, and what is mounted is there', (t) => {
  const { services } = parse(read('docs/operating/lasting-traces.yml')) as ReturnType<typeof readComposeFile>;
  const mounted = (services['jaeger']?.volumes ?? []).map((volume) => volume.split(':'));
  for (const [source = ''] of mounted.filter(([source]) => source?.startsWith('.')))
    t.true(existsSync(join(ROOT, source)), source);
  const { receivers, service, extensions, exporters } = parse(read('docs/operating/jaeger.yaml'));
  const endpoint = String(readComposeFile().services['gateway']?.environment?.['JAEGER_ENDPOINT']);
  t.true(receivers.jaeger.protocols.thrift_http.endpoint.endsWith(`:${new URL(endpoint).port}`));
  t.deepEqual(Object.keys(receivers), service.pipelines.traces.receivers);
  t.deepEqual(Object.keys(exporters), service.pipelines.traces.exporters);
  t.deepEqual(Object.keys(extensions).sort(), [...service.extensions].sort());
  const { traces } = extensions.jaeger_query.storage;
  t.true(traces in extensions.jaeger_storage.backends);
  t.is(exporters.jaeger_storage_exporter.trace_storage, traces);
});

/** The example of docs/existing-system.md in which this is. */
function exampleWith(text: string): string {
  const examples = read('docs/existing-system.md').matchAll(/```js\n(.*?)```/gs);
  return [...examples].map(([, code = '']) => code).find((code) => code.includes(text)) ?? '';
}

const GATEWAY = `
import { once } from 'node:events';
import Koa from 'koa';
import { ServiceBroker } from 'moleculer';
const { createTracing } = await import('#shared/tracing/index.ts');

const tracing = createTracing({ service: 'shop', backend: 'memory' });
const broker = new ServiceBroker({ logger: false, skipProcessEventRegistration: true, middlewares: [tracing.moleculer()] });
await broker.start();
const app = new Koa().use(tracing.koa());
${exampleWith("once('SIGTERM'")}
app.use(async (ctx) => {
  if (ctx.path === '/waits') {
    console.log('asked');
    await once(process, 'SIGTERM');
  }
  ctx.body = 'answered';
});
const server = app.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;

test('a gateway that stops as in the example answers what is under way, and keeps no connection', async (t) => {
  const gateway = startProcess(t, ['node', '--input-type=module', '--eval', GATEWAY]);
  const [, port] = await gateway.line(/^port (\d+)/);
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const ask = async (path: string): Promise<IncomingMessage> => {
    const [response] = await once(get({ agent, host: '127.0.0.1', port, path }), 'response');
    response.resume();
    return response;
  };
  t.is((await ask('/')).headers.connection, 'keep-alive');
  const answer = ask('/waits');
  await gateway.line(/^asked/);
  gateway.child.kill('SIGTERM');
  const { statusCode, headers } = await answer;
  t.deepEqual([statusCode, headers.connection], [200, 'close']);
  t.deepEqual(await gateway.ended, { code: 0, signal: null }, gateway.output());
});

test('the example for pino shows lines as they are written, whatever is logged', (t) => {
  const [, example = ''] =
    read('docs/existing-system.md').match(/```js\n(const logger = pino\([^`]*)```/) ?? [];
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const withOptions = (options: LoggerOptions) => pino({ redact: ['password'], ...options }, destination);
  const make = new Function('pino', 'traceFields', 'logOnSpan', `${example}; return logger;`);
  const logger: Logger = make(Object.assign(withOptions, { levels: pino.levels }), traceFields, logOnSpan);

  const tracing = createMemoryTracing();
  inSpan('work', {}, () => {
    logger.info({ user: 7, password: 'correct horse' }, 'changed %s', 'a user');
    logger.warn(null);
    logger.error(new Error('out of order'));
  });
  logger.info('outside of any span');

  const [span] = tracing.spans;
  t.is(JSON.parse(lines[0] ?? '').traceId, span?.traceId);
  t.is(lines.length, 4);
  const [changed, nothing, failed, ...more] = span?.logs.map(({ fields }) => fields) ?? [];
  t.deepEqual(changed, {
    user: 7,
    password: '[Redacted]',
    event: 'log',
    level: 'info',
    message: 'changed a user',
  });
  t.is(nothing?.['level'], 'warn');
  t.is(failed?.['message'], 'out of order');
  t.regex(String(failed?.['err']), /stack/);
  t.deepEqual(more, []);
});
