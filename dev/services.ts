/** What there is to run. */
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** A folder of services, which becomes one process. */
export interface ServiceFolder {
  /** `users` */
  name: string;
  /** From the project's folder: `services/users`. */
  path: string;
}

/** What production does without: the lab, whose faults are planted, refuses to run there. */
const NOT_IN_PRODUCTION = new Set(['lab']);

/** Every folder in `services/` that has something for the runner in it, by name. */
export function findServices(root: string, { isProduction = false } = {}): ServiceFolder[] {
  const paths = globSync('services/*/*.service.ts', { cwd: root }).map((file) => dirname(file));
  const services = [...new Set(paths)].sort().map((path) => ({ name: basename(path), path }));
  return isProduction ? services.filter(({ name }) => !NOT_IN_PRODUCTION.has(name)) : services;
}

/** The command of a service's process, after `node`: that of `npm run service`. */
export function runnerArgs(path: string): string[] {
  return [
    'node_modules/moleculer/bin/moleculer-runner.mjs',
    ...['--config', 'moleculer.config.ts'],
    ...['--mask', '**/*.service.ts'],
    path,
  ];
}
