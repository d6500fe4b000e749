/** `npm start` as a test's own: on free ports, with its own users and its own folder for a while. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Owner, type ProcessOptions, startProcess, type TestProcess } from './processes.ts';

/** Everything, running. */
export interface Started {
  launcher: TestProcess;
  gatewayUrl: string;
  queryUrl: string;
  env: Record<string, string>;
}

/** The variables of a start that meets nobody else on this machine. */
export function variablesOfItsOwn(owner: Owner): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'npm-start-'));
  owner.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return {
    TMPDIR: folder,
    USERS_DB: join(folder, 'users.sqlite'),
    GATEWAY_PORT: '0',
    JAEGER_COLLECTOR_PORT: '0',
    JAEGER_QUERY_PORT: '0',
    JAEGER_BINARY_PORT: '0',
    JAEGER_OTLP_PORT: '0',
    JAEGER_ZIPKIN_PORT: '0',
    AVATARS_PORT: '0',
  };
}

/** Runs the command, `npm start` or another that starts the launcher, and waits for its ready line. */
export async function startEverything(
  owner: Owner,
  { command = ['npm', 'start'], env = {}, cwd }: { command?: string[] } & ProcessOptions = {},
): Promise<Started> {
  const variables = { ...variablesOfItsOwn(owner), ...env };
  const launcher = startProcess(owner, command, { env: variables, ...(cwd && { cwd }) });
  const [, gatewayUrl = '', queryUrl = ''] = await launcher.line(/^ready (\S+) trace UI (\S+)$/);
  return { launcher, gatewayUrl, queryUrl, env: variables };
}
