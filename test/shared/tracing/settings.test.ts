import { inspect } from 'node:util';
import test from 'ava';
import { TracingOptionsError } from '#shared/tracing/errors.ts';
import type { TracingOptions } from '#shared/tracing/options.ts';
import { readSettings, type TracingSettings } from '#shared/tracing/settings.ts';

const settings = (env: Record<string, string>, options: TracingOptions = {}): TracingSettings =>
  readSettings({ env, ...options });

function problemsOf(env: Record<string, string>, options: TracingOptions = {}): readonly string[] {
  try {
    readSettings({ env, ...options });
    return [];
  } catch (error) {
    return (error as TracingOptionsError).problems;
  }
}

test('without options and variables there are defaults for all', (t) => {
  t.like(settings({}), {
    service: 'tracemesh',
    backend: 'jaeger',
    collector: { endpoint: 'http://127.0.0.1:14268/api/traces', headers: {} },
    sampler: { type: 'const', param: 1 },
    processTags: {},
    trust: 'local',
    flushIntervalMs: 1000,
    maxQueueSpans: undefined,
    spoolDir: undefined,
    logSpans: false,
    queryUrl: 'http://127.0.0.1:16686',
    warnings: [],
  });
});

const VARIABLES: [env: Record<string, string>, expected: Partial<TracingSettings>][] = [
  [{ JAEGER_SERVICE_NAME: 'a', OTEL_SERVICE_NAME: 'b' }, { service: 'a' }],
  [{ OTEL_SERVICE_NAME: 'b', OTEL_RESOURCE_ATTRIBUTES: 'service.name=c' }, { service: 'b' }],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=c,a=1' }, { service: 'c', processTags: { a: '1' } }],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=,a=1' }, { service: 'tracemesh', processTags: { a: '1' } }],
  [{ TRACER: 'memory' }, { backend: 'memory' }],
  [{ TRACER: 'jaeger', JAEGER_DISABLED: 'true' }, { backend: 'none' }],
  [{ OTEL_SDK_DISABLED: 'TRUE' }, { backend: 'none' }],
  [{ JAEGER_DISABLED: 'false' }, { backend: 'jaeger' }],
  [{ JAEGER_ENDPOINT: 'https://j/x' }, { collector: { endpoint: 'https://j/x', headers: {} } }],
  [
    { JAEGER_ENDPOINT: 'http://a%40b:p%C3%A9@j/' },
    { collector: { endpoint: 'http://a%40b:p%C3%A9@j/', headers: {} } },
  ],
  [{ JAEGER_AGENT_HOST: 'agent' }, { collector: { agent: { host: 'agent', port: 6832 } } }],
  [
    { JAEGER_AGENT_HOST: '::1', JAEGER_AGENT_PORT: '7000' },
    { collector: { agent: { host: '::1', port: 7000 } } },
  ],
  [{ JAEGER_AGENT_HOST: 'localhost.' }, { collector: { agent: { host: 'localhost.', port: 6832 } } }],
  [{ JAEGER_AGENT_PORT: '7000' }, { collector: { agent: { host: '127.0.0.1', port: 7000 } } }],
  [
    { JAEGER_AGENT_HOST: 'agent', JAEGER_ENDPOINT: 'http://j/' },
    { collector: { endpoint: 'http://j/', headers: {} } },
  ],
  [
    { JAEGER_USER: 'u', JAEGER_PASSWORD: 'p' },
    {
      collector: { endpoint: 'http://127.0.0.1:14268/api/traces', headers: { authorization: 'Basic dTpw' } },
    },
  ],
  [{ JAEGER_SAMPLER_TYPE: 'const', JAEGER_SAMPLER_PARAM: '0' }, { sampler: { type: 'const', param: 0 } }],
  [{ JAEGER_SAMPLER_PARAM: '0' }, { sampler: { type: 'const', param: 0 } }],
  [{ JAEGER_SAMPLER_PARAM: '0.0' }, { sampler: { type: 'const', param: 0 } }],
  [{ JAEGER_SAMPLER_PARAM: '1.0' }, { sampler: { type: 'const', param: 1 } }],
  [
    { JAEGER_SAMPLER_TYPE: 'probabilistic', JAEGER_SAMPLER_PARAM: '0.25' },
    { sampler: { type: 'probabilistic', param: 0.25 } },
  ],
  [
    { JAEGER_SAMPLER_TYPE: 'ratelimiting', JAEGER_SAMPLER_PARAM: '2.5' },
    { sampler: { type: 'ratelimiting', param: 2.5 } },
  ],
  [
    {
      JAEGER_SAMPLER_TYPE: 'remote',
      JAEGER_SAMPLER_MANAGER_HOST_PORT: 'http://jaeger:5778',
      JAEGER_SAMPLER_REFRESH_INTERVAL: '500',
    },
    { sampler: { type: 'remote', param: 0.001, hostPort: 'jaeger:5778', refreshIntervalMs: 500 } },
  ],
  [
    { JAEGER_TAGS: `a=1, b = two=2 ,c=$\{X:def:ault},d=$\{Y},e=$\{Z:-},`, X: '', Y: 'y', Z: 'z' },
    { processTags: { a: '1', b: 'two=2', c: 'def:ault', d: 'y', e: 'z' } },
  ],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'a=x%20y,b=2', JAEGER_TAGS: 'b=3' }, { processTags: { a: 'x y', b: '3' } }],
  [{ TRACE_TRUST: 'ids' }, { trust: 'ids' }],
  [{ NODE_ENV: 'production' }, { trust: 'none' }],
  [{ JAEGER_REPORTER_FLUSH_INTERVAL: '250' }, { flushIntervalMs: 250 }],
  [{ JAEGER_REPORTER_MAX_QUEUE_SIZE: '100' }, { maxQueueSpans: 100 }],
  [{ JAEGER_REPORTER_LOG_SPANS: 'true' }, { logSpans: true }],
  [{ TRACE_SPOOL_DIR: '/var/spool/traces' }, { spoolDir: '/var/spool/traces' }],
  [{ JAEGER_QUERY_URL: 'https://jaeger.example/ui' }, { queryUrl: 'https://jaeger.example/ui' }],
  [
    { TRACER: '', JAEGER_ENDPOINT: ' ', JAEGER_TAGS: '' },
    { backend: 'jaeger', processTags: {} },
  ],
];

for (const [env, expected] of VARIABLES) {
  test(`read from ${JSON.stringify(env)}`, (t) => {
    for (const [name, value] of Object.entries(expected))
      t.deepEqual(settings(env)[name as keyof TracingSettings], value);
  });
}

const SAMPLING_ADDRESSES: [text: string, hostPort: string][] = [
  ['jaeger:5778', 'jaeger:5778'],
  ['Jaeger:7000', 'jaeger:7000'],
  ['jaeger:80', 'jaeger:80'],
  ['jaeger', 'jaeger:5778'],
  ['jäger', 'xn--jger-loa:5778'],
  ['http://jaeger', 'jaeger:5778'],
  ['http://jaeger:7000/', 'jaeger:7000'],
  ['http://jaeger:5778/sampling', 'jaeger:5778'],
  ['jaeger/sampling', 'jaeger:5778'],
  ['[::1]:5778', '[::1]:5778'],
  ['http://[::1]/sampling', '[::1]:5778'],
];

for (const [text, hostPort] of SAMPLING_ADDRESSES) {
  test(`a remote sampler at ${text} asks ${hostPort}`, (t) => {
    const env = { JAEGER_SAMPLER_TYPE: 'remote', JAEGER_SAMPLER_MANAGER_HOST_PORT: text };
    t.like(settings(env).sampler, { hostPort });
  });
}

for (const text of [
  'a:b',
  'a:',
  ':5778',
  'a:70000',
  'a;5778',
  'a b',
  'ada@a',
  'a?b',
  '[::1',
  'https://a:5778',
  '999.1.1.1',
])
  test(`a remote sampler has no Jaeger at ${text}`, (t) => {
    const env = { JAEGER_SAMPLER_TYPE: 'remote', JAEGER_SAMPLER_MANAGER_HOST_PORT: text };
    t.regex(problemsOf(env).join(), /^JAEGER_SAMPLER_MANAGER_HOST_PORT="[^"]+" must be host:port$/);
  });

test('a password is taken as it is, blanks and all; the name of its user is not', (t) => {
  const { collector } = settings({ JAEGER_USER: ' ada ', JAEGER_PASSWORD: ' p ' });
  const authorization = `Basic ${Buffer.from('ada: p ').toString('base64')}`;
  t.like(collector, { headers: { authorization } });
});

test('options win over variables', (t) => {
  const env = {
    JAEGER_SERVICE_NAME: 'e',
    TRACER: 'none',
    JAEGER_ENDPOINT: 'http://e/',
    JAEGER_SAMPLER_TYPE: 'ratelimiting',
    JAEGER_SAMPLER_PARAM: '7',
    JAEGER_TAGS: 'a=e,b=e',
    TRACE_TRUST: 'none',
    JAEGER_REPORTER_FLUSH_INTERVAL: '1',
    JAEGER_REPORTER_MAX_QUEUE_SIZE: '1',
    JAEGER_REPORTER_LOG_SPANS: 'true',
    TRACE_SPOOL_DIR: '/e',
    JAEGER_QUERY_URL: 'http://e',
  };
  const options: TracingOptions = {
    service: 'o',
    backend: 'memory',
    sampler: { type: 'probabilistic', param: 0.5 },
    tags: { a: 'o' },
    trust: 'all',
    flushIntervalMs: 2,
    maxQueueSpans: 2,
    logSpans: false,
    spoolDir: '/o',
    queryUrl: 'http://o',
  };
  const { tags, ...same } = options;
  t.like(settings(env, options), { ...same, processTags: { ...tags, b: 'e' } });
  t.deepEqual(settings(env, { endpoint: 'http://o/' }).collector, { endpoint: 'http://o/', headers: {} });
  t.deepEqual(settings(env, { agent: { host: 'o' } }).collector, { agent: { host: 'o', port: 6832 } });
  const factory = () => undefined as never;
  t.is(settings({}, { backend: factory }).backend, factory);
});

test('one error names all that is wrong, with what is allowed', (t) => {
  const env = {
    TRACER: 'jager',
    JAEGER_DISABLED: 'maybe',
    JAEGER_ENDPOINT: 'ftp://ada:secret@host/',
    JAEGER_AGENT_HOST: 'not a host',
    JAEGER_AGENT_PORT: '70000',
    JAEGER_SAMPLER_TYPE: 'sometimes',
    JAEGER_TAGS: 'fine=1,secret',
    OTEL_RESOURCE_ATTRIBUTES: 'a=%zz',
    JAEGER_REPORTER_FLUSH_INTERVAL: '1s',
    JAEGER_REPORTER_MAX_QUEUE_SIZE: '1.5',
    TRACE_TRUST: 'some',
    JAEGER_QUERY_URL: 'here',
  };
  const error = t.throws(() => readSettings({ env, logSpans: 'x' as never, flushIntervalMs: undefined }), {
    instanceOf: TracingOptionsError,
    code: 'TRACING_OPTIONS',
  });
  t.deepEqual(error?.message.split('\n').sort(), [
    '  JAEGER_AGENT_HOST="not a host" must be a host name or an IP address',
    '  JAEGER_AGENT_PORT="70000" must be a whole number from 1 to 65535',
    '  JAEGER_DISABLED="maybe" must be true or false',
    '  JAEGER_ENDPOINT="ftp://***@host/" must be an http:// or https:// address, any user info in it percent-encoded',
    '  JAEGER_QUERY_URL="here" must be an http:// or https:// address',
    '  JAEGER_REPORTER_FLUSH_INTERVAL="1s" must be a number from 1 to 2147483647',
    '  JAEGER_REPORTER_MAX_QUEUE_SIZE="1.5" must be a whole number, at least 1',
    '  JAEGER_SAMPLER_TYPE="sometimes" must be one of const, probabilistic, ratelimiting, remote',
    '  JAEGER_TAGS (part 2) must be name=value, and more of them separated by commas',
    '  OTEL_RESOURCE_ATTRIBUTES ("a") must be name=value with the value percent-encoded, and more of them separated by commas',
    '  TRACER="jager" must be one of jaeger, jaeger-client, memory, none',
    '  TRACE_TRUST="some" must be one of none, ids, all, local',
    '  logSpans="x" must be true or false',
    'The tracing has 13 bad values:',
  ]);
});

const BAD: [env: Record<string, string>, problem: RegExp][] = [
  [{ JAEGER_SAMPLER_PARAM: '0.5' }, /^JAEGER_SAMPLER_PARAM="0.5" must be a whole number from 0 to 1$/],
  [{ JAEGER_DISABLED: 'constructor' }, /^JAEGER_DISABLED="constructor" must be true or false$/],
  [{ JAEGER_AGENT_HOST: 'a..' }, /^JAEGER_AGENT_HOST="a.." must be a host name or an IP address$/],
  [{ JAEGER_SAMPLER_PARAM: '2' }, /^JAEGER_SAMPLER_PARAM="2" must be a whole number from 0 to 1$/],
  [
    { JAEGER_SAMPLER_TYPE: 'probabilistic', JAEGER_SAMPLER_PARAM: '1.1' },
    /PARAM="1.1" must be a number from 0 to 1$/,
  ],
  [
    { JAEGER_SAMPLER_TYPE: 'ratelimiting', JAEGER_SAMPLER_PARAM: '-1' },
    /PARAM="-1" must be a number, at least 0$/,
  ],
  [{ JAEGER_SAMPLER_TYPE: 'ratelimiting', JAEGER_SAMPLER_PARAM: '0x10' }, /PARAM="0x10" must be/],
  [
    { JAEGER_ENDPOINT: 'http://ada:100%zz@host/' },
    /^JAEGER_ENDPOINT="http:\/\/\*\*\*@host\/" must be an http:\/\/ or https:\/\/ address, any user info in it percent-encoded$/,
  ],
  [{ JAEGER_ENDPOINT: 'https://100%@host/' }, /^JAEGER_ENDPOINT="https:\/\/\*\*\*@host\/" must be/],
  [{ JAEGER_ENDPOINT: `http://${'x'.repeat(300)}:y` }, /^JAEGER_ENDPOINT="http:\/\/x+\.\.\." must be/],
];

for (const [env, problem] of BAD) {
  test(`refused: ${JSON.stringify(env).slice(0, 100)}`, (t) => {
    const problems = problemsOf(env);
    t.is(problems.length, 1);
    t.regex(problems[0] ?? '', problem);
  });
}

const BAD_PARTS: [env: Record<string, string>, part: string][] = [
  [{ JAEGER_TAGS: 'secret' }, 'part 1'],
  [{ JAEGER_TAGS: 'db.password=sec,ret' }, 'part 2'],
  [{ JAEGER_TAGS: 'a=1,,=secret' }, 'part 2'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'a=1, db.password = 100%secret ,b' }, '"db.password"'],
  [{ OTEL_RESOURCE_ATTRIBUTES: 'ada:secret@host=%' }, '"***@host"'],
  [{ OTEL_RESOURCE_ATTRIBUTES: '100%secret' }, 'part 1'],
];

for (const [env, part] of BAD_PARTS) {
  test(`of ${JSON.stringify(env)} only ${part} is shown`, (t) => {
    const [name] = Object.keys(env);
    const [problem = ''] = problemsOf(env);
    t.is(problem.split(' must be name=value')[0], `${name} (${part})`);
    t.notRegex(problem, /secret/);
  });
}

test('options are checked like variables, inner ones too', (t) => {
  const options = {
    service: '',
    backend: 'zipkin',
    endpoint: 'nowhere',
    agent: { host: 'a', port: 0 },
    sampler: { type: 'probabilistic', param: 7 },
    flushIntervalMs: {},
  } as unknown as TracingOptions;
  t.deepEqual(
    problemsOf({}, options).map((problem) => problem.split(' must')[0]),
    [
      'service=""',
      'backend="zipkin"',
      'endpoint="nowhere"',
      'agent.port="0"',
      'sampler.param="7"',
      'flushIntervalMs=""',
    ],
  );
});

const NO_OBJECTS: [options: object, problem: string][] = [
  [{ tags: 'db.password=secret' }, 'tags="***" must be an object'],
  [{ tags: ['db.password=secret'] }, 'tags="***" must be an object'],
  [{ tags: new Map([['a', 1]]) }, 'tags="***" must be an object'],
  [{ agent: 'host' }, 'agent="host" must be an object'],
  [{ agent: 'ada:secret@host' }, 'agent="***@host" must be an object'],
  [{ agent: ['host', 6832] }, 'agent="" must be an object'],
  [{ agent: new Set(['host']) }, 'agent="" must be an object'],
  [{ sampler: 'const' }, 'sampler="const" must be an object'],
  [{ sampler: 1 }, 'sampler="1" must be an object'],
  [{ sampler: () => true }, 'sampler="" must be an object'],
];

for (const [options, problem] of NO_OBJECTS) {
  test(`an option that is no object: ${inspect(options)}`, (t) => {
    t.deepEqual(problemsOf({}, options), [problem]);
  });
}

test('an option that is null is not set', (t) => {
  const options = { service: null, endpoint: null, agent: null, sampler: null, tags: null } as object;
  const env = { JAEGER_SERVICE_NAME: 'shop', JAEGER_TAGS: 'a=1' };
  t.like(settings(env, options), { service: 'shop', processTags: { a: '1' }, sampler: { type: 'const' } });
});

test('objects of any making are taken', (t) => {
  class Agent {
    host = 'a';
  }
  const tags = Object.assign(Object.create(null), { a: 1 });
  t.like(settings({}, { tags }), { processTags: { a: 1 } });
  t.deepEqual(settings({}, { agent: new Agent() }).collector, { agent: { host: 'a', port: 6832 } });
});

test('a port that is a Kubernetes service link is not meant for us, and one warning says so', (t) => {
  const { collector, warnings } = settings({ JAEGER_AGENT_PORT: 'tcp://10.0.0.1:6832' });
  t.true('endpoint' in collector);
  t.deepEqual(warnings, [
    'JAEGER_AGENT_PORT="tcp://10.0.0.1:6832" is ignored: it looks like a Kubernetes service link, not a port',
  ]);
});

test('a spool has no effect over UDP, and one warning says so', (t) => {
  const { warnings } = settings({ JAEGER_AGENT_HOST: 'agent', TRACE_SPOOL_DIR: '/var/spool/shop' });
  const warning = 'TRACE_SPOOL_DIR="/var/spool/shop" is ignored: what goes over UDP is confirmed by nobody';
  t.deepEqual(warnings, [warning]);
  t.deepEqual(settings({ TRACE_SPOOL_DIR: '/var/spool/shop' }).warnings, []);
});
