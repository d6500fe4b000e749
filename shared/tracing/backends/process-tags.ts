/** What a process says of itself, on every batch of spans. */
import { hostname, type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { loadPackage } from '../load-package.ts';
import type { Tags } from '../tracer/tag-pairs.ts';

/** jaeger-client's process tags, and those that were configured, which win. */
export function processTags(configured: Tags): Tags {
  const { version } = loadPackage<{ version: string }>('jaeger-client/package.json');
  return {
    'jaeger.version': `Node-${version}`,
    // Without a host Jaeger takes every span for another host and warns of clock skew.
    hostname: hostname(),
    ip: firstAddress(),
    pid: process.pid,
    ...configured,
  };
}

function firstAddress(): string {
  return addresses().find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

function addresses(): NetworkInterfaceInfo[] {
  try {
    return Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  } catch {
    return []; // some sandboxes hide them
  }
}
