import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names one reporter among all, on all machines and in all containers that may share a folder:
 * `<host>~<process id>~<random>`.
 */
export function createOwner(): string {
  return `${loadHost()}~${process.pid}~${randomBytes(4).toString('hex')}`;
}

/**
 * Says whether a claim or an unfinished file can be taken over: its owner's process is gone, or it is older than any
 * sending or writing can take, which also covers processes that cannot be seen from here and ids used again.
 */
export function isAbandoned(
  { owner, at }: { owner: string; at: number },
  { self, nowMs, leaseMs }: { self: string; nowMs: number; leaseMs: number },
): boolean {
  // Math.abs: a mark from a future that a clock set back has taken away must not hold for years.
  if (Math.abs(nowMs - at) > leaseMs) return true;
  const [host, pid] = owner.split('~');
  const [ownHost, ownPid] = self.split('~');
  return host === ownHost && pid !== ownPid && !isAlive(Number(pid));
}

/** The machine, and within it the process id namespace: containers may share a host name, but not their ids. */
function loadHost(): string {
  const name = hostname()
    .replace(/[^\w-]/g, '-')
    .slice(0, 40);
  try {
    return `${name}-${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return `${name}-`;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
