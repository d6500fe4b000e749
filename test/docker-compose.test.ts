import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { findServices } from '../dev/services.ts';
import { readComposeFile, readLines } from './helpers/compose.ts';
import { ROOT } from './helpers/processes.ts';

const { services, volumes } = readComposeFile();
const mesh = findServices(ROOT, { isProduction: true });
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined);

test('there is a container for the gateway and for each service but the lab, and nothing else of ours', (t) => {
  const folders = readdirSync(join(ROOT, 'services')).filter((folder) => folder !== 'lab');
  t.deepEqual(ours.map(([name]) => name).sort(), ['gateway', ...folders].sort());
});

test('every service of the mesh is run by the runner', (t) => {
  for (const { name, path } of mesh) {
    t.regex(services[name]?.command ?? '', new RegExp(`^node node_modules/moleculer/bin/\\S+ .* ${path}$`));
  }
});

test('every command is node with a file that is there', (t) => {
  for (const [name, { command = '' }] of ours) {
    const [program, file = ''] = command.split(' ');
    t.is(program, 'node', name);
    t.true(existsSync(join(ROOT, file)), `${name}: ${file}`);
  }
});

test('only the gateway and the UI of Jaeger are published, on 127.0.0.1', (t) => {
  const published = Object.entries(services)
    .filter(([, { profiles }]) => profiles === undefined)
    .flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
  t.deepEqual(published, ['gateway 127.0.0.1:3000:3000', 'jaeger 127.0.0.1:16686:16686']);
});

test('what a profile adds is published on 127.0.0.1 too', (t) => {
  const added = Object.values(services).filter(({ profiles }) => profiles !== undefined);
  t.true(added.length > 0);
  for (const { ports = [] } of added) for (const port of ports) t.regex(port, /^127\.0\.0\.1:/);
});

test('images that are not ours are pinned to a version', (t) => {
  for (const [name, { image, build }] of Object.entries(services)) {
    if (build === undefined) t.regex(image, /:v?\d+\.\d+\.\d+/, name);
  }
  t.regex(services['jaeger']?.image ?? '', /^jaegertracing\/jaeger:2\./);
});

test('every container is started again when it ends', (t) => {
  for (const [name, { restart }] of Object.entries(services)) t.is(restart, 'unless-stopped', name);
});

test('the mesh waits for NATS to be healthy', (t) => {
  t.truthy(services['nats']?.healthcheck);
  for (const name of ['gateway', ...mesh.map(({ name }) => name)]) {
    t.is(services[name]?.depends_on?.['nats']?.condition, 'service_healthy', name);
    t.is(services[name]?.environment?.['NATS_URL'], 'nats://nats:4222', name);
  }
});

test('every container of ours has a health check, at the port that it is given', (t) => {
  for (const [name, { environment = {}, healthcheck }] of ours) {
    const port = environment['GATEWAY_PORT'] ?? environment['AVATARS_PORT'] ?? environment['METRICS_PORT'];
    const path = name === 'avatars' ? '/health/live' : '/health/ready';
    t.true(healthcheck?.test.at(-1)?.includes(`http://127.0.0.1:${port}${path}'`), name);
  }
});

test('every span goes to Jaeger, whose receivers listen beyond its container', (t) => {
  for (const [name, { environment }] of ours) {
    t.is(environment?.['JAEGER_ENDPOINT'], 'http://jaeger:14268/api/traces', name);
  }
  t.is(services['jaeger']?.environment?.['JAEGER_LISTEN_HOST'], '0.0.0.0');
});

test('the file of the users is on a named volume', (t) => {
  const { environment, volumes: mounted = [] } = services['users'] ?? {};
  const [volume = '', path] = mounted[0]?.split(':') ?? [];
  t.true(volume in volumes);
  t.is(path, dirname(String(environment?.['USERS_DB'])));
});

test('the image runs on Node 24, with packages for production alone, and not as root', (t) => {
  const lines = readLines('Dockerfile');
  const froms = lines.filter((line) => line.startsWith('FROM '));
  t.deepEqual(froms, ['FROM node:24-slim AS packages', 'FROM node:24-slim']);
  t.true(lines.includes('RUN npm ci --omit=dev'));
  t.is(lines.filter((line) => line.startsWith('USER ')).at(-1), 'USER node');
  t.regex(lines.at(-1) ?? '', /^CMD \["node", /);
});

test('nothing gets into the image that is not named', (t) => {
  const [first, ...rest] = readLines('.dockerignore');
  t.is(first, '*');
  for (const line of rest) t.true(existsSync(join(ROOT, line.replace('!', ''))), line);
  t.deepEqual(
    rest.filter((line) => !line.startsWith('!')),
    ['services/lab'],
  );
});
