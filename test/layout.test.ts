/** Holds the arrows of the layout: who may import whom, and that no modules import each other in a circle. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import test from 'ava';

const root = join(import.meta.dirname, '..');
const sources = globSync('**/*.ts', {
  cwd: root,
  exclude: (path) => /(^|\/)node_modules$/.test(path),
});

/** The project's own modules that `source` imports, types included, as paths from the root. */
function importsOf(source: string): string[] {
  const text = readFileSync(join(root, source), 'utf8');
  const specifiers = [...text.matchAll(/^\s*(?:import|export)\b[^'"]*?['"]([^'"]+)['"]/gm)]
    .concat([...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)])
    .map((match) => match[1] ?? '');
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('#shared/')) return [`shared/${specifier.slice('#shared/'.length)}`];
    if (specifier.startsWith('.')) return [normalize(join(dirname(source), specifier))];
    return [];
  });
}

const graph = new Map(sources.map((source) => [source, importsOf(source)]));

/** The part of the house that a module belongs to: `services/users`, `shared/tracing`, `gateway`, ... */
function partOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'services') return `services/${second}`;
  if (path.startsWith('shared/tracing/')) return 'shared/tracing';
  return path.includes('/') ? top : path;
}

const JAEGER_MAY_SHARE = ['config', 'errors', 'lifecycle', 'logger'];

/** Says why `source` must not import `target`, or undefined where it may. */
function forbidden(source: string, target: string): string | undefined {
  const from = partOf(source);
  const to = partOf(target);
  if (from === to || from === 'test') return undefined;
  if (from === 'shared/tracing') return 'the tracing library imports nothing of the project outside itself';
  if (from === 'shared') return to === 'shared/tracing' ? undefined : 'shared imports nothing outside itself';
  if (from === 'jaeger' && to.startsWith('shared')) {
    const allowed = JAEGER_MAY_SHARE.some((name) => target === `shared/${name}.ts`);
    return allowed ? undefined : `jaeger may use only ${JAEGER_MAY_SHARE.join(', ')} of shared`;
  }
  if ((from === 'gateway' || from === 'jaeger' || from.startsWith('services/')) && !to.startsWith('shared'))
    return `${from} may import only itself and shared`;
  return undefined;
}

test('every import names a file that exists', (t) => {
  const missing = [...graph].flatMap(([source, targets]) =>
    targets.filter((target) => !existsSync(join(root, target))).map((target) => `${source} -> ${target}`),
  );
  t.deepEqual(missing, []);
});

test('imports follow the arrows of the layout', (t) => {
  const wrong = [...graph].flatMap(([source, targets]) =>
    targets.flatMap((target) => {
      const reason = forbidden(source, target);
      return reason === undefined ? [] : [`${source} -> ${target}: ${reason}`];
    }),
  );
  t.deepEqual(wrong, []);
});

test('outside a part, shared is reached as #shared/...', (t) => {
  const relative = sources
    .filter((source) => !source.startsWith('shared/'))
    .filter((source) =>
      [...readFileSync(join(root, source), 'utf8').matchAll(/from '(\.[^']+)'/g)].some(([, path = '']) =>
        normalize(join(dirname(source), path)).startsWith('shared/'),
      ),
    );
  t.deepEqual(relative, []);
});

test('no modules import each other in a circle', (t) => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (source: string, path: string[]): void => {
    if (path.includes(source)) circles.push([...path.slice(path.indexOf(source)), source].join(' -> '));
    else if (!done.has(source)) {
      for (const target of graph.get(source) ?? []) visit(target, [...path, source]);
      done.add(source);
    }
  };
  for (const source of sources) visit(source, []);
  t.deepEqual(circles, []);
});

test('gateway and services have no `any`: the lint forbids it, and nothing in them silences the checks', (t) => {
  const { linter } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  t.is(linter.rules.suspicious.noExplicitAny, 'error');
  const silenced = sources.filter(
    (source) =>
      /^(gateway|services)\//.test(source) &&
      /biome-ignore|@ts-(ignore|expect-error|nocheck)/.test(readFileSync(join(root, source), 'utf8')),
  );
  t.deepEqual(silenced, []);
});

test('the arrows are read: a forbidden import is found', (t) => {
  t.regex(forbidden('services/users/users.ts', 'services/hello/hello.ts') ?? '', /only itself and shared/);
  t.regex(forbidden('jaeger/main.ts', 'shared/tracing/index.ts') ?? '', /jaeger may use only/);
  t.regex(forbidden('shared/tracing/koa.ts', 'shared/config.ts') ?? '', /nothing of the project/);
  t.is(forbidden('shared/broker.ts', 'shared/tracing/index.ts'), undefined);
});
