/** Brings everything up, in the order in which one needs the other. */
import type { Environment } from '#shared/config.ts';
import { findAvatars } from './avatars.ts';
import { checkEnvironment, developmentSecret } from './environment.ts';
import type { Fleet } from './fleet.ts';
import { untilHealthy } from './health.ts';
import { findJaeger, variablesFor } from './jaeger.ts';
import { LaunchError } from './launch-error.ts';
import { findMesh } from './mesh.ts';
import { isFree } from './probe.ts';
import { runnerArgs, type ServiceFolder } from './services.ts';

/** What {@link launch} is given. */
export interface Launch {
  env: Environment;
  root: string;
  services: readonly ServiceFolder[];
  fleet: Fleet;
  say: (line: string) => void;
}

/** Where to look when everything runs. */
export interface Launched {
  gatewayUrl: string;
  queryUrl: string;
}

/** Starts the stand-in where there is no Jaeger, then the services and the gateway. @throws {LaunchError} */
export async function launch({ env, root, services, fleet, say }: Launch): Promise<Launched> {
  const settings = checkEnvironment(env);
  for (const warning of settings.warnings) say(warning);
  await expectFree('gateway', { ...settings.gateway, variable: 'GATEWAY_PORT' });
  const [mesh, jaeger] = await Promise.all([findMesh(env, { root }), findJaeger(env)]);
  if (jaeger.standIn) {
    const port = settings.jaeger.queryPort;
    await expectFree('Jaeger stand-in', { host: '127.0.0.1', port, variable: 'JAEGER_QUERY_PORT' });
  }
  const spans = jaeger.standIn ? 'a stand-in for Jaeger' : 'the Jaeger that is there';
  say(
    `starting gateway, ${services.map(({ name }) => name).join(', ')} over ${mesh.description}, with ${spans}`,
  );

  const childEnv = { ...env, ...mesh.variables, ...developmentSecret(env) };
  let traceEnv: Record<string, string> = {};
  if (jaeger.standIn) {
    const plan = { name: 'jaeger', args: ['jaeger/main.ts'], env: { ...childEnv, ...jaeger.standIn } };
    const [standIn] = await fleet.start([plan]);
    if (standIn) traceEnv = variablesFor(standIn, env);
  }
  let tracedEnv: Environment = { ...childEnv, JAEGER_QUERY_URL: jaeger.queryUrl, ...traceEnv };
  const avatars = await findAvatars(env);
  if (avatars.port !== undefined) {
    const port = String(avatars.port);
    const plan = {
      name: 'avatars',
      args: ['services/avatars/main.ts'],
      env: { ...tracedEnv, AVATARS_PORT: port },
    };
    const [started] = await fleet.start([plan]);
    tracedEnv = { ...tracedEnv, AVATARS_URL: env['AVATARS_URL'] || started?.url };
  }
  // The gateway stops before the services, so it is a group of its own; it need not wait for them to start.
  const started = [
    fleet.start(services.map(({ name, path }) => ({ name, args: runnerArgs(path), env: tracedEnv }))),
    fleet.start([{ name: 'gateway', args: ['gateway/main.ts'], env: tracedEnv }]),
  ];
  const [gateway] = (await Promise.all(started))[1] ?? [];
  if (!gateway?.url) throw new LaunchError('the gateway does not say where it listens');
  await Promise.race([untilHealthy(gateway.url), fleet.lost]);
  return { gatewayUrl: gateway.url, queryUrl: tracedEnv['JAEGER_QUERY_URL'] ?? jaeger.queryUrl };
}

async function expectFree(
  who: string,
  { host, port, variable }: { host: string; port: number; variable: string },
): Promise<void> {
  if (port === 0 || (await isFree({ host, port }))) return;
  throw new LaunchError(
    `port ${port} of ${host}, where the ${who} listens, is in use: stop what is there, or set ${variable} to another port`,
  );
}
