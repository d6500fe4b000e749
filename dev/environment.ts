/** Checks the variables of all processes before any is started, so that one message names all that is wrong. */
import { randomBytes } from 'node:crypto';
import {
  type Environment,
  loadConfig,
  readGateway,
  readJaegerPorts,
  readLogLevel,
  readMesh,
  readUsers,
} from '#shared/config.ts';
import { readSettings } from '#shared/tracing/options.ts';
import { LaunchError } from './launch-error.ts';

/** What the launcher itself needs of the environment. */
export type LaunchSettings = ReturnType<typeof checkEnvironment>;

/** Reads what the gateway, the services, the stand-in and the tracing library will read. @throws {LaunchError} */
export function checkEnvironment(env: Environment) {
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push((error as Error).message);
      return undefined;
    }
  };
  const settings = attempt(() =>
    loadConfig(env, (variables) => ({
      gateway: readGateway(variables),
      mesh: readMesh(variables),
      users: readUsers(variables),
      jaeger: readJaegerPorts(variables),
      logLevel: readLogLevel(variables),
    })),
  );
  attempt(() => readSettings({ env, service: 'npm-start' }));
  if (settings === undefined || problems.length > 0) throw new LaunchError(problems.join('\n'));
  return settings;
}

/** What tokens are signed with, unless it is set: new with every start, which is fine only in development. */
export function developmentSecret(env: Environment): { JWT_SECRET?: string } {
  if (env['JWT_SECRET'] || env['NODE_ENV'] === 'production') return {};
  return { JWT_SECRET: randomBytes(32).toString('base64url') };
}
