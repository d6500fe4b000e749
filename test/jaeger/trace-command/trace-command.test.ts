import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { USAGE } from '../../../jaeger/trace-command/arguments.ts';
import { fetchTrace } from '../../../jaeger/trace-command/fetch-trace.ts';
import { runTraceCommand } from '../../../jaeger/trace-command/run-trace-command.ts';
import { TraceCommandError } from '../../../jaeger/trace-command/trace-command-error.ts';
import { loadRecordedCases } from '../recorded.ts';
import { batchOf, START_US } from '../spans.ts';
import { startStandIn } from '../stand-in.ts';

const TRACE = 0x4bf92f3577b34da6a3ce929d0e0e4736n;
const ID = TRACE.toString(16);
const root = batchOf(TRACE, 'gateway', [
  { id: 1, operation: 'GET /', durationUs: 9000, tags: { 'span.kind': 'server' } },
]);
const child = batchOf(TRACE, 'users', [{ id: 2, parent: 1, operation: 'users.get', startUs: 500 }]);

/** Runs the command and answers what it wrote. */
async function run(args: readonly string[], env: Record<string, string> = {}) {
  let out = '';
  let errors = '';
  const code = await runTraceCommand({
    args,
    env,
    terminalWidth: undefined,
    colourDepth: 1,
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      errors += text;
    },
  });
  return { code, out, errors };
}

/** A server that is no Jaeger, or an odd one. */
async function startServer(t: ExecutionContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a trace is printed as a tree, fit to 100 columns', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(root, child);
  const { code, out } = await run([ID], { JAEGER_QUERY_URL: `${standIn.queryUrl}/` });
  t.is(code, 0);
  t.is(
    out,
    `\
trace ${ID}
2 spans · 2 services (gateway, users) · 9.00 ms · no errors
${standIn.queryUrl}/trace/${ID}

gateway GET /       server  9.00 ms  ${'━'.repeat(63)}
└─ users users.get          1.00 ms     ╺━━━━━━╸`,
  );
});

test('the width follows COLUMNS', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(root);
  const { out } = await run([ID], { JAEGER_QUERY_URL: standIn.queryUrl, COLUMNS: '60' });
  t.is(out.split('\n').at(-1)?.length, 60);
});

test('spans that are still on their way are waited for', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(child);
  const printed = run([ID], { JAEGER_QUERY_URL: standIn.queryUrl });
  await standIn.take(root);
  const { out } = await printed;
  t.regex(out, /^2 spans · .* · no errors$/m);
  t.notRegex(out, /orphan/);
});

test('an orphan that stays one is shown as such when the time is up', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(child);
  const { code, out } = await run([ID, '--wait', '0.2'], { JAEGER_QUERY_URL: standIn.queryUrl });
  t.is(code, 0);
  t.regex(
    out,
    /\? 1 parent missing[\s\S]*\n\? users users\.get .*\n {2}an orphan: its parent 0000000000000001/,
  );
});

test('--json gives the tree to programs', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(root, child);
  const { out } = await run([ID, '--json'], { JAEGER_QUERY_URL: standIn.queryUrl });
  const span = {
    error: false,
    errorMessage: null,
    missingParent: null,
    inCircle: false,
    warnings: [],
    logs: [],
  };
  t.deepEqual(JSON.parse(out), {
    traceId: ID,
    startUs: START_US,
    durationUs: 9000,
    spanCount: 2,
    errorCount: 0,
    services: ['gateway', 'users'],
    missingParents: [],
    roots: [
      {
        ...span,
        spanId: '0000000000000001',
        service: 'gateway',
        operation: 'GET /',
        kind: 'server',
        startUs: START_US,
        durationUs: 9000,
        reference: null,
        tags: { 'span.kind': 'server' },
        processTags: { 'host.name': 'here' },
        children: [
          {
            ...span,
            spanId: '0000000000000002',
            service: 'users',
            operation: 'users.get',
            kind: null,
            startUs: START_US + 500,
            durationUs: 1000,
            reference: 'CHILD_OF',
            tags: {},
            processTags: { 'host.name': 'here' },
            children: [],
          },
        ],
      },
    ],
  });
});

test('a chain of 10,000 spans is printed, both ways', async (t) => {
  const standIn = await startStandIn(t);
  const spans = Array.from({ length: 10_000 }, (_, index) => ({
    id: index + 1,
    parent: index,
    operation: 'x',
  }));
  await standIn.take(batchOf(TRACE, 'deep', spans));
  const env = { JAEGER_QUERY_URL: standIn.queryUrl };
  t.is((await run([ID, '--wait', '0'], env)).out.split('\n').length, 10_004);
  t.is((await run([ID, '--wait', '0', '--json'], env)).out.split('"operation":"x"').length, 10_001);
});

test('every recorded trace is printed, both ways', async (t) => {
  const standIn = await startStandIn(t);
  for (const { posts } of loadRecordedCases()) await standIn.take(...posts.map(({ body }) => body));
  const env = { JAEGER_QUERY_URL: standIn.queryUrl };
  for (const [traceId, batches] of standIn.store.latest(1000)) {
    const drawn = await run([traceId, '--wait', '0'], env);
    const written = await run([traceId, '--wait', '0', '--json'], env);
    if (drawn.errors.includes('unsupported value: NaN')) continue; // which Jaeger cannot show
    t.is(drawn.code, 0, drawn.errors);
    const sent = batches.flatMap(({ spans }) => spans).length;
    const { spanCount } = JSON.parse(written.out) as { spanCount: number };
    t.true(spanCount <= sent && spanCount > 0, traceId);
    t.notRegex(drawn.out, /undefined|NaN/, traceId);
  }
});

test('a link names the Jaeger to ask, unless JAEGER_QUERY_URL does', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(root);
  t.is((await run([`${standIn.queryUrl}/trace/${ID}?uiFind=x`])).code, 0);
  t.is((await run([`${standIn.queryUrl}/api/traces/${ID}`])).code, 0);
  const elsewhere = await run([`http://127.0.0.1:1/trace/${ID}`], { JAEGER_QUERY_URL: standIn.queryUrl });
  t.is(elsewhere.code, 0);
});

test('a link may lie below a path', async (t) => {
  const asked: unknown[] = [];
  const url = await startServer(t, (request, response) => {
    asked.push(request.url);
    response.writeHead(404).end('{"data":null}');
  });
  await run([`${url}/base/trace/${ID}`, '--wait', '0']);
  t.deepEqual(asked, [`/base/api/traces/${ID}`]);
});

test('a header line is taken in one word or two', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(root);
  for (const args of [[`x-trace-id: ${ID}`], ['x-trace-id:', ID], [ID.toUpperCase()]])
    t.is((await run([...args, '--wait', '0'], { JAEGER_QUERY_URL: standIn.queryUrl })).code, 0);
});

const oneLine = /^trace: [^\n]+$/;

test('an unknown trace is one line that says what may be the reason', async (t) => {
  const standIn = await startStandIn(t);
  const { code, out, errors } = await run([ID, '--wait', '0.1'], { JAEGER_QUERY_URL: standIn.queryUrl });
  t.deepEqual([code, out], [1, '']);
  t.regex(errors, oneLine);
  t.true(errors.includes(`${standIn.queryUrl} knows no trace ${ID}, not even after 0.1 s: is the id right`));
});

test('a Jaeger that is not there is one line that says what to do', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.close();
  const address = standIn.queryUrl.replace('//', '//ann:secret@');
  const { code, errors } = await run([ID], { JAEGER_QUERY_URL: address });
  t.is(code, 1);
  t.is(
    errors,
    `trace: cannot reach Jaeger at ${standIn.queryUrl} (ECONNREFUSED): start it (npm start, or npm run jaeger), or set JAEGER_QUERY_URL`,
  );
});

test('a Jaeger that hangs is given up', async (t) => {
  const queryUrl = await startServer(t, () => {});
  await t.throwsAsync(fetchTrace({ queryUrl, traceId: ID, timeoutMs: 50 }), {
    instanceOf: TraceCommandError,
    message: /^cannot reach Jaeger at .* \(no answer in time\)/,
  });
});

test('a trace that Jaeger cannot show is one line with its reason', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(batchOf(TRACE, 'a', [{ id: 1, operation: 'a', tags: { ratio: Number.NaN } }]));
  const { code, errors } = await run([ID], { JAEGER_QUERY_URL: standIn.queryUrl });
  t.is(code, 1);
  t.regex(errors, oneLine);
  t.regex(errors, /answered 500: .*unsupported value: NaN/);
});

for (const [title, status, body] of [
  ['a page', 200, '<html></html>'],
  ['other JSON', 200, '{"data":[{"spans":"many"}]}'],
  ['spans without what a span has', 200, `{"data":[{"traceID":"a","spans":[{}],"processes":{}}]}`],
  [
    'processes without what a process has',
    200,
    `{"data":[{"traceID":"a","spans":[],"processes":{"p1":{"serviceName":"x"}}}]}`,
  ],
  ['JSON that is no object', 404, 'null'],
  ['no list', 200, '{"data":{}}'],
  ['nothing', 204, ''],
] as const) {
  test(`a server that answers ${title} is no Jaeger: one line`, async (t) => {
    const url = await startServer(t, (_, response) => response.writeHead(status).end(body));
    const { code, errors } = await run([ID], { JAEGER_QUERY_URL: url });
    t.is(code, 1);
    t.regex(errors, oneLine);
    t.regex(errors, /is no Jaeger \(HTTP \d+\): set JAEGER_QUERY_URL/);
  });
}

test('user info in the address becomes a header, whatever it holds', async (t) => {
  const seen: unknown[] = [];
  const url = await startServer(t, (request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(404).end('{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}');
  });
  const { errors } = await run([ID, '--wait', '0'], {
    JAEGER_QUERY_URL: url.replace('//', '//ann:p%40ss%zz@'),
  });
  await run([ID, '--wait', '0'], { JAEGER_QUERY_URL: url });
  t.deepEqual(seen, [`Basic ${Buffer.from('ann:p@ss%zz').toString('base64')}`, undefined]);
  t.notRegex(errors, /p%40ss|p@ss|ann/);
});

for (const [title, args] of [
  ['no id', []],
  ['an unknown option', [ID, '--tree']],
  ['a wait that is no number', [ID, '--wait', 'long']],
  ['a wait beyond all patience', [ID, '--wait', '601']],
  ['a wait without its number', [ID, '--wait']],
] as const) {
  test(`${title} ends with the usage and 2`, async (t) => {
    const { code, out, errors } = await run(args);
    t.deepEqual([code, out], [2, '']);
    t.true(errors.endsWith(USAGE));
  });
}

test('what is no id ends with one line and 1', async (t) => {
  for (const id of ['nonsense', '123', `${ID}${ID}`, '0'.repeat(32), 'a b c']) {
    const { code, errors } = await run([id]);
    t.is(code, 1, id);
    t.regex(errors, /^trace: "[^\n]+" is not a trace id: give 32 \(or 16\) hex digits/);
  }
});

test('a bad JAEGER_QUERY_URL is named', async (t) => {
  const { code, errors } = await run([ID], { JAEGER_QUERY_URL: 'ftp://x' });
  t.is(code, 1);
  t.regex(errors, /JAEGER_QUERY_URL="ftp:\/\/x" must be an address such as http:\/\/host:16686/);
});

test('--help prints the usage', async (t) => {
  t.deepEqual(await run(['--help']), { code: 0, out: USAGE, errors: '' });
});

test('as a process it writes plain text into a pipe, and colours where they are wanted', async (t) => {
  const standIn = await startStandIn(t);
  await standIn.take(root, child);
  const program = join(import.meta.dirname, '../../../jaeger/show-trace.ts');
  const printed = async (env: Record<string, string>) => {
    const { FORCE_COLOR: _, NO_COLOR: __, COLUMNS: ___, ...inherited } = process.env;
    const command = spawn(process.execPath, [program, ID], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...inherited, JAEGER_QUERY_URL: standIn.queryUrl, ...env },
    });
    const exit = once(command, 'exit');
    let text = '';
    for await (const part of command.stdout.setEncoding('utf8')) text += part;
    t.deepEqual(await exit, [0, null]);
    return text;
  };
  t.regex(await printed({}), /^gateway GET \//m);
  const coloured = await printed({ FORCE_COLOR: '1' });
  t.true(coloured.includes('\u001B[38;5;'));
  for (const [name, value] of [
    ['NO_COLOR', '1'],
    ['FORCE_COLOR', '0'],
  ] as const)
    t.is(await printed({ [name]: value }), stripVTControlCharacters(coloured), name);
});
