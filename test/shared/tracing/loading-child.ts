/** Loads the library, traces a little, and says what it loaded and what it opened. */
import { createRequire } from 'node:module';
import { createTracing, inSpan, type TracingOptions } from '#shared/tracing/index.ts';

const [options = '{}', spans = '1'] = process.argv.slice(2);
const resources = () => process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|FSReq)/.test(name));
const before = resources();
const logger = { debug() {}, info() {}, warn() {} };
createTracing({ service: 'loading', env: {}, logger, ...(JSON.parse(options) as TracingOptions) });
const opened = resources();
for (let i = 0; i < Number(spans); i++) inSpan('work', {}, () => {});
const packages = Object.keys(createRequire(import.meta.url).cache ?? {}).flatMap(
  (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
);
process.stdout.write(JSON.stringify({ packages: [...new Set(packages)], before, opened }));
