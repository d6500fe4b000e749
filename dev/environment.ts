/** Checks the variables of all processes before any is started, so that one message names all that is wrong. */
import { randomBytes } from 'node:crypto';
import {
  type Environment,
  loadConfig,
  readAuth,
  readAvatars,
  readGateway,
  readJaegerPorts,
  readLogLevel,
  readMesh,
  readMetrics,
  readUsers,
} from '#shared/config.ts';
import { readTogether } from '#shared/read-together.ts';
import { readSettings } from '#shared/tracing/settings.ts';

/** Reads what the gateway, the services, the stand-in and the tracing library will read. @throws {SettingsError} */
export function checkEnvironment(env: Environment) {
  const [settings] = readTogether(
    () =>
      loadConfig(env, (variables) => ({
        gateway: readGateway(variables),
        auth: readAuth(variables),
        mesh: readMesh(variables),
        metrics: readMetrics(variables),
        users: readUsers(variables),
        avatars: readAvatars(variables),
        jaeger: readJaegerPorts(variables),
        logLevel: readLogLevel(variables),
      })),
    () => readSettings({ env, service: 'npm-start' }),
  );
  return settings;
}

/** What tokens are signed with, unless it is set: new with every start, which is fine only in development. */
export function developmentSecret(env: Environment): { JWT_SECRET?: string } {
  if (env['JWT_SECRET'] || env['NODE_ENV'] === 'production') return {};
  return { JWT_SECRET: randomBytes(32).toString('base64url') };
}
