import test from 'ava';
import {
  type Environment,
  expectLabAllowed,
  loadAvatarsConfig,
  loadConfig,
  loadGatewayConfig,
  loadJaegerConfig,
  loadMeshConfig,
  loadUsersConfig,
  readGateway,
  readUsers,
} from '#shared/config.ts';
import { ConfigError } from '#shared/errors.ts';

/** What is thrown for this environment. */
function configError(load: () => unknown): ConfigError {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown');
}

test('an empty environment gives the documented defaults', (t) => {
  t.deepEqual(loadGatewayConfig({}), {
    gateway: { host: '127.0.0.1', port: 3000, proxies: 0, corsOrigins: [], servesLab: true },
    auth: { jwtSecret: undefined, adminEmails: [] },
    mesh: { natsUrl: undefined, namespace: 'tracemesh' },
    logLevel: 'info',
    warnings: [],
  });
  t.deepEqual(loadMeshConfig({}).mesh, { natsUrl: undefined, namespace: 'tracemesh' });
  t.like(loadUsersConfig({}), { databasePath: 'data/users.sqlite', avatarsUrl: 'http://127.0.0.1:3100' });
  t.deepEqual(loadAvatarsConfig({}).avatars, { host: '127.0.0.1', port: 3100 });
  t.deepEqual(loadJaegerConfig({}).ports, {
    collectorPort: 14268,
    binaryPort: 6832,
    otlpPort: 4318,
    zipkinPort: 9411,
    queryPort: 16686,
  });
});

test('set variables are read with their types', (t) => {
  const env = {
    GATEWAY_HOST: '0.0.0.0',
    GATEWAY_PORT: '8080',
    NATS_URL: 'nats://a:4222,nats://b:4222',
    NAMESPACE: 'team-1.dev',
    LOG_LEVEL: 'debug',
    GATEWAY_PROXIES: '2',
    CORS_ORIGINS: 'https://a.example.org, http://localhost:8080',
    ADMIN_EMAILS: 'ada@example.org,eve@example.org',
    JWT_SECRET: 'short',
    USERS_DB: ':memory:',
    AVATARS_URL: 'http://avatars:3100/',
    JAEGER_QUERY_PORT: '26686',
  };
  t.like(loadGatewayConfig(env), {
    gateway: {
      host: '0.0.0.0',
      port: 8080,
      proxies: 2,
      corsOrigins: ['https://a.example.org', 'http://localhost:8080'],
    },
    auth: { jwtSecret: 'short', adminEmails: ['ada@example.org', 'eve@example.org'] },
    mesh: { natsUrl: 'nats://a:4222,nats://b:4222', namespace: 'team-1.dev' },
    logLevel: 'debug',
  });
  t.like(loadUsersConfig(env), { databasePath: ':memory:', avatarsUrl: 'http://avatars:3100' });
  t.is(loadJaegerConfig(env).ports.queryPort, 26686);
});

test('HOST and PORT are accepted, and the gateway has the first word', (t) => {
  t.like(loadGatewayConfig({ HOST: '::1', PORT: '80' }).gateway, { host: '::1', port: 80 });
  const both = { HOST: 'other', PORT: 'no port', GATEWAY_HOST: 'localhost', GATEWAY_PORT: '0' };
  t.like(loadGatewayConfig(both).gateway, { host: 'localhost', port: 0 });
});

test('an empty value counts as not set', (t) => {
  t.is(loadGatewayConfig({ GATEWAY_PORT: '', PORT: '81' }).gateway.port, 81);
  t.is(loadGatewayConfig({ LOG_LEVEL: '' }).logLevel, 'info');
});

test('every bad variable is named at once, with its value and what is allowed', (t) => {
  const error = configError(() =>
    loadGatewayConfig({ GATEWAY_PORT: '70000', GATEWAY_HOST: 'a b', LOG_LEVEL: 'loud', NAMESPACE: 'a.>' }),
  );
  t.is(error.variables.length, 4);
  t.regex(error.message, /^The environment has 4 bad values:\n/);
  t.regex(error.message, /GATEWAY_PORT="70000" must be a whole number from 0 to 65535/);
  t.regex(error.message, /GATEWAY_HOST="a b" must be a host name or an IP address/);
  t.regex(error.message, /LOG_LEVEL="loud" must be one of trace, debug, info/);
  t.regex(error.message, /NAMESPACE="a.>" must be of letters/);
});

const bad: [string, (env: Environment) => unknown, Record<string, string>][] = [
  ['a port that is no number', loadGatewayConfig, { PORT: 'abc' }],
  ['a negative port', loadGatewayConfig, { PORT: '-1' }],
  ['a port with a fraction', loadGatewayConfig, { PORT: '1.5' }],
  ['a port in another notation', loadGatewayConfig, { PORT: '0x10' }],
  [
    'a service link in a variable that Kubernetes never sets',
    loadGatewayConfig,
    { PORT: 'tcp://10.0.0.7:80' },
  ],
  ['a port of blanks', loadGatewayConfig, { PORT: ' ' }],
  ['a URL as a host', loadGatewayConfig, { HOST: 'http://localhost' }],
  ['more proxies than anybody has', loadGatewayConfig, { GATEWAY_PROXIES: '11' }],
  ['an origin with a path', loadGatewayConfig, { CORS_ORIGINS: 'https://a.example.org/' }],
  ['all origins', loadGatewayConfig, { CORS_ORIGINS: '*' }],
  ['an e-mail address that is none', loadGatewayConfig, { ADMIN_EMAILS: 'ada@example.org,eve' }],
  ['a NATS address without a scheme', loadMeshConfig, { NATS_URL: 'localhost:4222' }],
  ['a NATS address of another scheme', loadMeshConfig, { NATS_URL: 'http://localhost:4222' }],
  ['a list with an empty NATS address', loadMeshConfig, { NATS_URL: 'nats://a:4222,' }],
  ['a NATS port out of range', loadMeshConfig, { NATS_URL: 'nats://a:99999' }],
  ['a namespace with blanks', loadMeshConfig, { NAMESPACE: 'a b' }],
  ['a namespace with an empty part', loadMeshConfig, { NAMESPACE: 'a..b' }],
  ['a folder as the file of the users', loadUsersConfig, { USERS_DB: 'data/' }],
  ['an address without a scheme', loadUsersConfig, { AVATARS_URL: 'localhost:3100' }],
  ['an address with a query', loadUsersConfig, { AVATARS_URL: 'http://localhost:3100/?x=1' }],
  ['an address with a password', loadUsersConfig, { AVATARS_URL: 'http://ada:hidden@localhost:3100' }],
  ['a port of the avatars service', loadAvatarsConfig, { AVATARS_PORT: '65536' }],
  ['a lab in production', expectLabAllowed, { NODE_ENV: 'production' }],
  ['a port of the stand-in', loadJaegerConfig, { JAEGER_OTLP_PORT: 'x' }],
];
for (const [title, load, env] of bad) {
  test(`${title} is refused`, (t) => {
    t.deepEqual(
      configError(() => load(env)).variables.map(({ name }) => name),
      Object.keys(env),
    );
  });
}

for (const url of [
  'nats://ada:hidden-1@host:x',
  'nats://ada:hid/den-1@host:4222 ',
  'nats://a:1,nats://ada:hidden-1@b:x',
  'ada:hidden-1@host:4222',
  'http://hidden-1@host',
]) {
  test(`user info is not shown: ${url.replace(/hid.*den-1/, '...')}`, (t) => {
    const { message } = configError(() => loadMeshConfig({ NATS_URL: url }));
    t.notRegex(message, /ada|den-1/);
    t.regex(message, /"(nats:\/\/|http:\/\/|nats:\/\/a:1,nats:\/\/)?\*\*\*@/);
  });
}

test('a value of many characters or lines is shown short and on one line', (t) => {
  const error = configError(() => loadMeshConfig({ NAMESPACE: `a\nb${'c'.repeat(10_000)}` }));
  t.true(error.message.length < 300);
  t.is(error.message.split('\n').length, 2);
});

test("Kubernetes' service links are ignored with one warning each", (t) => {
  const link = 'tcp://10.0.0.7:3000';
  const config = loadGatewayConfig({ GATEWAY_PORT: link, PORT: '81' });
  t.is(config.gateway.port, 81);
  t.is(config.warnings.length, 1);
  t.regex(config.warnings[0] ?? '', /GATEWAY_PORT="tcp:\/\/10.0.0.7:3000" is ignored/);
  const jaeger = loadJaegerConfig({ JAEGER_COLLECTOR_PORT: link, JAEGER_QUERY_PORT: link });
  t.is(jaeger.ports.collectorPort, 14268);
  t.is(jaeger.warnings.length, 2);
});

test('a process can read several pieces in one go', (t) => {
  const env = { PORT: 'x', USERS_DB: 'data/' };
  const read = () => loadConfig(env, (variables) => ({ ...readGateway(variables), ...readUsers(variables) }));
  t.is(configError(read).variables.length, 2);
});

test('production needs a secret of some length, which is shown to nobody', (t) => {
  const NODE_ENV = 'production';
  t.regex(
    configError(() => loadGatewayConfig({ NODE_ENV })).message,
    /JWT_SECRET= must be a secret of at least 32/,
  );
  const { message } = configError(() => loadGatewayConfig({ NODE_ENV, JWT_SECRET: 'hidden' }));
  t.regex(message, /JWT_SECRET=\*\*\* must be a secret of at least 32/);
  const JWT_SECRET = 'x'.repeat(32);
  t.is(loadGatewayConfig({ NODE_ENV, JWT_SECRET }).auth.jwtSecret, JWT_SECRET);
});
