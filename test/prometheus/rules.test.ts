/** What Prometheus is told of this system, held against what the system tells. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parse } from 'yaml';
import { createMetrics } from '#shared/metrics/metrics.ts';
import { createTracing } from '#shared/tracing/index.ts';
import { readComposeFile } from '../helpers/compose.ts';
import { testNeeding } from '../helpers/needs.ts';

const folder = join(import.meta.dirname, '../../prometheus');
const read = (name: string) => parse(readFileSync(join(folder, name), 'utf8'));

function promtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

testNeeding('promtool')('Prometheus understands its configuration and its rules', (t) => {
  const { status, said } = promtool('check', 'config', 'prometheus.yml');
  t.is(status, 0, said);
});

testNeeding('promtool')('the rules say what they are meant to say', (t) => {
  const { status, said } = promtool('test', 'rules', 'rules.test.yml');
  t.is(status, 0, said);
});

// It sends nothing: no span is made.
const tracing = createTracing({ service: 'test', backend: 'jaeger', env: {} });

test('every metric that the rules ask for is one that a process has', async (t) => {
  const metrics = createMetrics(() => tracing.stats());
  metrics.observeRequest({ method: 'GET', route: '/', status: '200' }, { seconds: 1 });
  metrics.observeAction({ action: 'a', outcome: 'ok' }, { seconds: 1 });
  const { text } = await metrics.read('');
  const { groups } = read('rules.yml') as { groups: { rules: { expr: string }[] }[] };
  const asked = groups.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => expr.match(/\b(http|moleculer|tracemesh)_\w+(?=[{[ ])/g) ?? []),
  );
  t.true(asked.length > 5);
  for (const name of asked) t.regex(text, new RegExp(`^${name}[{ ]`, 'm'));
});

test('every reason in the test of the rules is one for which a process loses spans', (t) => {
  const text = readFileSync(join(folder, 'rules.test.yml'), 'utf8');
  const reasons = [...text.matchAll(/reason="(\w*)"/g)].map(([, reason = '']) => reason);
  t.true(reasons.length > 0);
  for (const reason of reasons) t.true(reason in tracing.stats().dropped, reason);
});

test('every node of the compose file is scraped, where it says that its metrics are', (t) => {
  const { scrape_configs } = read('prometheus.yml');
  const scraped = scrape_configs.flatMap(
    ({ dns_sd_configs: [{ names, port }] }: { dns_sd_configs: [{ names: string[]; port: number }] }) =>
      names.map((name) => `${name}:${port}`),
  );
  const { services } = readComposeFile();
  const nodes = Object.entries(services).filter(([, { command = '' }]) =>
    /gateway|moleculer-runner/.test(command),
  );
  const expected = nodes.map(([name, { environment = {}, command = '' }]) =>
    /gateway/.test(command)
      ? `${name}:${environment['GATEWAY_PORT']}`
      : `${name}:${environment['METRICS_PORT']}`,
  );
  t.deepEqual(scraped.sort(), expected.sort());
});
