import test from 'ava';
import { checkEnvironment, developmentSecret } from '../../dev/environment.ts';

test('an empty environment is fine', (t) => {
  t.like(checkEnvironment({}), { gateway: { host: '127.0.0.1', port: 3000 }, warnings: [] });
});

test('one error names every bad variable, of whichever process', (t) => {
  const env = {
    GATEWAY_PORT: '-1',
    NAMESPACE: 'a b',
    USERS_DB: '/',
    AVATARS_PORT: 'y',
    METRICS_PORT: 'z',
    AVATARS_URL: 'nowhere',
    JAEGER_QUERY_PORT: 'x',
    TRACER: 'smoke',
    LOG_LEVEL: 'loud',
  };
  const error = t.throws(() => checkEnvironment(env), { code: 'SETTINGS_INVALID' });
  for (const [name, value] of Object.entries(env)) {
    t.true(error.message.includes(name), name);
    t.true(error.message.includes(value), name);
  }
});

test('a Kubernetes service link is no port, and a warning', (t) => {
  const settings = checkEnvironment({ GATEWAY_PORT: 'tcp://10.0.0.1:80' });
  t.is(settings.gateway.port, 3000);
  t.is(settings.warnings.length, 1);
});

test('in development a secret is made, new each time', (t) => {
  const { JWT_SECRET: one = '' } = developmentSecret({});
  const { JWT_SECRET: two = '' } = developmentSecret({});
  t.true(one.length >= 32);
  t.not(one, two);
});

test('a secret that is set stays, and production makes none', (t) => {
  t.deepEqual(developmentSecret({ JWT_SECRET: 'x' }), {});
  t.deepEqual(developmentSecret({ NODE_ENV: 'production' }), {});
});
