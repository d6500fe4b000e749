/** Where the spans of one `npm start` go: to a Jaeger that is there, or to the stand-in. */
import { isIPv4 } from 'node:net';
import { type Environment, loadConfig, loadJaegerConfig } from '#shared/config.ts';
import type { ReadyMessage } from '#shared/lifecycle.ts';
import { type Address, answers, takesDatagrams } from './probe.ts';

/** What was found. */
export interface JaegerFound {
  /** The variables of the stand-in, where it is to be started. */
  standIn?: Record<string, string>;
  /** Where people look at traces, where no stand-in tells. */
  queryUrl: string;
}

/**
 * Looks at the address that spans go to. Something answers there: it is used. Nothing does, and it is on this machine: the
 * stand-in takes its place, that of an agent, too. An address elsewhere is not this machine's to fill.
 */
export async function findJaeger(env: Environment): Promise<JaegerFound> {
  const { collectorPort, binaryPort, queryPort } = loadJaegerConfig(env).ports;
  const queryUrl = env['JAEGER_QUERY_URL'] || `http://127.0.0.1:${queryPort || 16_686}`;
  const agent = env['JAEGER_ENDPOINT'] ? undefined : agentIn(env, binaryPort);
  if (agent && (!isLoopback(agent.host) || (await takesDatagrams(agent)))) return { queryUrl };
  const address = endpointIn(env) ?? { host: '127.0.0.1', port: collectorPort };
  if (!isLoopback(address.host)) return { queryUrl };
  if (address.port !== 0 && (await answers(address))) return { queryUrl };
  return {
    standIn: {
      JAEGER_COLLECTOR_PORT: String(address.port),
      ...(agent && { JAEGER_BINARY_PORT: String(agent.port) }),
    },
    queryUrl,
  };
}

/** The variables that lead the library, and links, to a stand-in that runs; those that are set stay as they are. */
export function variablesFor({ url, urls }: ReadyMessage, env: Environment): Record<string, string> {
  const usesAgent = Boolean(env['JAEGER_AGENT_HOST']);
  const addresses = {
    JAEGER_ENDPOINT: usesAgent ? undefined : urls?.collector, // it would win over the agent
    JAEGER_AGENT_PORT: usesAgent && urls?.agent ? new URL(urls.agent).port : undefined,
    OTEL_EXPORTER_OTLP_ENDPOINT: urls?.otlp,
    ZIPKIN_ENDPOINT: urls?.zipkin,
    JAEGER_QUERY_URL: url,
  };
  const variables: Record<string, string> = {};
  for (const [name, address] of Object.entries(addresses)) {
    if (address && !env[name]) variables[name] = address;
  }
  return variables;
}

/** Where the environment sends spans by HTTP; undefined where it does not say. */
function endpointIn({ JAEGER_ENDPOINT: endpoint }: Environment): Address | undefined {
  if (!endpoint) return undefined;
  const { hostname, port, protocol } = new URL(endpoint);
  return { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

/** The agent that takes spans by UDP; undefined where the environment names none. */
function agentIn(env: Environment, defaultPort: number): Address | undefined {
  const host = env['JAEGER_AGENT_HOST'];
  const { port } = loadConfig(env, (variables) => ({ port: variables.port('JAEGER_AGENT_PORT') }));
  return host ? { host, port: port ?? defaultPort } : undefined;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIPv4(host) && host.startsWith('127.'));
}
