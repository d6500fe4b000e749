/** The library is compiled with the application that takes it, by the settings of that one's own. */
import { execFile } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { ROOT } from '../../helpers/processes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

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

const ALWAYS = {
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  target: 'es2022',
  types: ['node'],
};

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
    const folder = temporaryFolder(t);
    cpSync(join(ROOT, 'shared/tracing'), join(folder, 'tracing'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', type: 'module' }));
    writeFileSync(join(folder, 'main.ts'), SHOP);
    const compilerOptions = { ...ALWAYS, ...settings };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const said = await promisify(execFile)(process.execPath, [tsc], { cwd: folder }).catch((error) => error);
    t.is(said.stdout, '');
  });
