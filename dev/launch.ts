/** Brings everything up, in the order in which one needs the other. */
import type { Environment } from '#shared/config.ts';
import { findAvatars } from './avatars.ts';
import type { ChildPlan } from './child.ts';
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
  /** See {@link findMesh}. */
  natsPort?: number | undefined;
  say: (line: string) => void;
}

/** Where to look when everything runs. */
export interface Launched {
  gatewayUrl: string;
  queryUrl: string;
}

/**
 * Looks at what is there, then starts the stand-in where there is no Jaeger, the avatars service, the services of the mesh
 * and the gateway. They stop the other way round, so each finds what it needs to its end.
 * @throws {LaunchError} @throws {SettingsError}
 */
export async function launch({ env, root, services, fleet, natsPort, say }: Launch): Promise<Launched> {
  const settings = checkEnvironment(env);
  for (const warning of settings.warnings) say(warning);
  await expectFree('gateway', { ...settings.gateway, variable: 'GATEWAY_PORT' });
  const [mesh, jaeger, avatars] = await Promise.all([
    findMesh(env, { root, natsPort }),
    findJaeger(env),
    findAvatars(env),
  ]);
  if (jaeger.standIn) {
    const port = settings.jaeger.queryPort;
    await expectFree('Jaeger stand-in', { host: '127.0.0.1', port, variable: 'JAEGER_QUERY_PORT' });
  }
  const names = services.map(({ name }) => name);
  const spans = jaeger.standIn ? 'a stand-in for Jaeger' : 'the Jaeger that is there';
  say(`starting ${['gateway', ...names].join(', ')} over ${mesh.description}, with ${spans}`);

  let known: Environment = { ...env, ...mesh.variables, ...developmentSecret(env) };
  const plan = (name: string, args: string[], variables = {}): ChildPlan => ({
    name,
    args,
    env: { ...known, ...variables },
  });
  if (jaeger.standIn) {
    const [standIn] = await fleet.start([plan('jaeger', ['jaeger/main.ts'], jaeger.standIn)]);
    known = { ...known, ...(standIn && variablesFor(standIn, env)) };
  }
  const queryUrl = known['JAEGER_QUERY_URL'] || jaeger.queryUrl;
  known = { ...known, JAEGER_QUERY_URL: queryUrl };
  if (avatars.port !== undefined) {
    const variables = { AVATARS_PORT: String(avatars.port) };
    const [started] = await fleet.start([plan('avatars', ['services/avatars/main.ts'], variables)]);
    known = { ...known, AVATARS_URL: env['AVATARS_URL'] || started?.url };
  }
  // Two groups, since the gateway stops before the services; but it need not wait for them to start.
  const [nodes, [gateway]] = await Promise.all([
    fleet.start(
      services.map(({ name, path }, at) =>
        plan(name, runnerArgs(path), metricsPort(settings.metrics.port, at)),
      ),
    ),
    fleet.start([plan('gateway', ['gateway/main.ts'])]),
  ]);
  if (!gateway?.url) throw new LaunchError('the gateway does not say where it listens');
  await Promise.race([
    untilHealthy(gateway.url, { services: nodes.flatMap(({ services = [] }) => services) }),
    fleet.lost,
  ]);
  return { gatewayUrl: gateway.url, queryUrl };
}

/** The nodes share this machine: each tells of itself on a port of its own, from the one that is set upwards. */
function metricsPort(first: number | undefined, at: number): { METRICS_PORT?: string } {
  return first ? { METRICS_PORT: String(first + at) } : {};
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
