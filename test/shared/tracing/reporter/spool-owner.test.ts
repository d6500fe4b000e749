import { spawnSync } from 'node:child_process';
import test from 'ava';
import { createOwner, isAbandoned } from '#shared/tracing/reporter/spool-owner.ts';

const self = createOwner();
const nowMs = 1_000_000;
const context = { self, nowMs, leaseMs: 60_000 };
const withPid = (pid: number | undefined): string => self.replace(/~\d+~/, `~${pid}~`);
const { pid: deadPid } = spawnSync(process.execPath, ['--version']);

const marks: [title: string, mark: { owner: string; at: number }, expected: boolean][] = [
  ['of a dead process is abandoned', { owner: withPid(deadPid), at: nowMs }, true],
  ['of a living process is not', { owner: withPid(process.ppid), at: nowMs }, false],
  ['of a living process that nobody may signal is not', { owner: withPid(1), at: nowMs }, false],
  ['of another reporter in this process is not', { owner: `${self}0`, at: nowMs }, false],
  ['of a process that cannot be seen from here is not', { owner: 'elsewhere-~1~00000000', at: nowMs }, false],
  ['of a living process is, after the lease', { owner: withPid(process.ppid), at: nowMs - 60_001 }, true],
  ['of elsewhere is, after the lease', { owner: 'elsewhere-~1~00000000', at: nowMs - 60_001 }, true],
  ['from the far future is', { owner: withPid(process.ppid), at: nowMs + 3_600_000 }, true],
];

for (const [title, mark, expected] of marks)
  test(`a mark ${title}`, (t) => {
    t.is(isAbandoned(mark, context), expected);
  });

test('no two owners are the same, and each fits a file name', (t) => {
  t.not(createOwner(), self);
  t.regex(self, /^[\w-]+~\d+~[0-9a-f]{8}$/);
});
