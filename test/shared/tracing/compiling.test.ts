/** The library is compiled with the application that takes it, by the settings of that one's own. */
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { ROOT, startProcess } from '../../helpers/processes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { startThriftCollector } from '../../helpers/thrift-collector.ts';

const LIBRARY = './tracing';

const SHOP = `
import Koa from 'koa';
import { ServiceBroker } from 'moleculer';
import { createTracing } from '${LIBRARY}/index.ts';
import { matchTree } from '${LIBRARY}/testing.ts';

const setting: string | undefined = process.env['SHOP'];
const tracing = createTracing({ service: setting, endpoint: setting, sampler: undefined });
new Koa<{ user: string }, { cart: number }>().use(tracing.koa({ trust: undefined, headers: undefined }));
new ServiceBroker({ middlewares: [tracing.moleculer({ capture: undefined })] });
matchTree([], '');
`;

const STRICTEST = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  allowUnreachableCode: false,
  allowUnusedLabels: false,
};

const SETTINGS: Record<string, object> = {
  'as strict as can be': { ...STRICTEST, module: 'nodenext', lib: ['esnext'] },
  'not strict': { strict: false, module: 'nodenext', lib: ['esnext'] },
  'strict but for null': { strict: true, strictNullChecks: false, module: 'nodenext', lib: ['esnext'] },
  'for a bundler, beside a browser': { strict: true, module: 'preserve', lib: ['esnext', 'dom'] },
  // What TypeScript 5.7 to 5.9 have of `esnext`.
  'compiled by a TypeScript of before 2026': {
    strict: true,
    module: 'nodenext',
    lib: ['es2024', 'esnext.iterator', 'esnext.disposable'],
  },
};

for (const [title, settings] of Object.entries(SETTINGS))
  test(`it compiles in an application that is ${title}`, async (t) => {
    const { said } = await compile(t, SHOP, { ...settings, noEmit: true, allowImportingTsExtensions: true });
    t.is(said, '');
  });

const DELIVERS_A_SPAN = `
import { createTracing } from '${LIBRARY}/index.ts';

const tracing = createTracing({ service: 'shop' });
tracing.tracerFor('stock').startSpan('count').finish();
void tracing.close();
`;

for (const backend of ['jaeger', 'jaeger-client'])
  test(`it runs where it has been made CommonJS, over ${backend}`, async (t) => {
    const { said, folder } = await compile(t, DELIVERS_A_SPAN, {
      module: 'commonjs',
      strict: true,
      lib: ['esnext'],
      rewriteRelativeImportExtensions: true,
      rootDir: '.',
      outDir: 'dist',
    });
    t.is(said, '');
    writeFileSync(join(folder, 'dist/package.json'), JSON.stringify({ type: 'commonjs' }));
    t.false(readFileSync(join(folder, 'dist/main.js'), 'utf8').includes('import'));
    const collector = await startThriftCollector(t);
    const app = startProcess(t, ['node', join(folder, 'dist/main.js')], {
      env: { JAEGER_ENDPOINT: collector.endpoint, TRACER: backend },
    });
    t.deepEqual(await app.ended, { code: 0, signal: null }, app.output());
    t.is(collector.spans().length, 1);
  });

/** Compiles an application beside a copy of the library, and answers what the compiler has said. */
async function compile(t: ExecutionContext, main: string, settings: object) {
  const folder = temporaryFolder(t);
  cpSync(join(ROOT, 'shared/tracing'), join(folder, 'tracing'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', type: 'module' }));
  writeFileSync(join(folder, 'main.ts'), main);
  const compilerOptions = { skipLibCheck: true, target: 'es2022', types: ['node'], ...settings };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc], { cwd: folder }).catch(
    (error) => error,
  );
  return { folder, said: stdout as string };
}
