import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Spool, type SpoolOptions } from '#shared/tracing/reporter/spool.ts';
import { systemDisk } from '#shared/tracing/reporter/spool-disk.ts';
import { claimedName, parseSpoolName, writingName } from '#shared/tracing/reporter/spool-name.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';
import { batch, ids } from './collector.ts';
import { ManualClock } from './manual-clock.ts';

const LEASE_MS = 60_000;

function createSpools(t: ExecutionContext) {
  const dir = join(temporaryFolder(t), 'spool');
  const clock = new ManualClock();
  const lines: string[] = [];
  const write = (fields: object, message: string) => lines.push(`${message} ${JSON.stringify(fields)}`);
  const createSpool = (options: Partial<SpoolOptions> = {}) =>
    new Spool({
      dir,
      maxBytes: 1_000_000,
      kind: { contentType: 'application/x-thrift', endpointKind: '/api/traces' },
      leaseMs: LEASE_MS,
      clock,
      disk: systemDisk,
      logger: { debug: write, warn: write },
      ...options,
    });
  const names = () => readdirSync(dir).sort();
  return { dir, clock, lines, createSpool, names };
}

/** Everything that a spool gives out, by the batches' ids. */
async function claimAll(spool: Spool): Promise<string[]> {
  const found: string[] = [];
  for (let claim = await spool.claim(); claim !== undefined; claim = await spool.claim()) {
    found.push(idOf(claim.payload.bytes));
    claim.finish();
  }
  return found.sort();
}

const idOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').split(' ', 1)[0] ?? '';

/** The owner of a file, as if a process that has ended had been it. */
function killOwner(name: string): string {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const owner = parseSpoolName(name)?.owner ?? '';
  return owner.replace(/~\d+~/, `~${pid}~`);
}

test('what one writes, now or at leisure, another reads, and deletes when it is done', async (t) => {
  const { createSpool, names } = createSpools(t);
  const writer = createSpool();
  t.like(await writer.write(batch('a', { spans: 40 })), { kind: 'spooled' });
  t.like(writer.writeNow(batch('b', { spans: 2 })), { kind: 'spooled' });
  const reader = createSpool();
  const first = await reader.claim();
  t.deepEqual(first?.payload, { bytes: Buffer.from(batch('a').bytes), spans: 40 });
  t.false(first?.own);
  first?.finish();
  t.is(names().length, 1);
  t.deepEqual(await claimAll(reader), ['b']);
  t.deepEqual(names(), []);
});

test('folder and files are for their owner alone', async (t) => {
  const { dir, createSpool, names } = createSpools(t);
  await createSpool().write(batch(1));
  createSpool().writeNow(batch(2));
  t.is(statSync(dir).mode & 0o777, 0o700);
  t.deepEqual(
    names().map((name) => statSync(join(dir, name)).mode & 0o777),
    [0o600, 0o600],
  );
});

test('a folder that others may write to is not used', async (t) => {
  const { dir, createSpool, names, lines } = createSpools(t);
  mkdirSync(dir);
  chmodSync(dir, 0o777);
  t.deepEqual(await createSpool().write(batch(1)), { kind: 'failed' });
  t.deepEqual(names(), []);
  t.regex(lines[0] ?? '', /spool does not work .* may be written to by others: chmod 700 it/);
});

test('the oldest comes first, and what was released comes again, after what has not failed', async (t) => {
  const { clock, createSpool } = createSpools(t);
  const spool = createSpool();
  for (const id of ['a', 'b', 'c']) {
    await spool.write(batch(id));
    clock.advance(1);
  }
  const a = await spool.claim();
  t.is(a && idOf(a.payload.bytes), 'a');
  a?.refusals.note(0);
  a?.release();
  const order: string[] = [];
  for (let claim = await spool.claim(); claim !== undefined; claim = await spool.claim()) {
    order.push(idOf(claim.payload.bytes));
    t.true(claim.own);
    claim.finish();
  }
  t.deepEqual(order, ['b', 'c', 'a']);
});

test('of several who share a folder, only one gets each file', async (t) => {
  const { createSpool } = createSpools(t);
  const writer = createSpool();
  for (const id of ids(60)) await writer.write(batch(id));
  const found = await Promise.all([createSpool(), createSpool(), createSpool()].map(claimAll));
  t.deepEqual(found.flat().sort(), ids(60).sort());
  t.true(found.every((share) => share.length > 0));
});

test('what a living process sends is left to it, until no sending could take so long', async (t) => {
  const { clock, createSpool } = createSpools(t);
  const holder = createSpool();
  await holder.write(batch('held'));
  await holder.claim();
  const other = createSpool();
  t.deepEqual(await claimAll(other), []);
  clock.advance(LEASE_MS + 1);
  t.deepEqual(await claimAll(other), ['held']);
});

test('what a dead process was sending is taken over at once', async (t) => {
  const { dir, clock, createSpool, names } = createSpools(t);
  await createSpool().write(batch('orphan'));
  const [name = ''] = names();
  renameSync(join(dir, name), join(dir, claimedName(name, killOwner(name), clock.now())));
  t.deepEqual(await claimAll(createSpool()), ['orphan']);
});

test('what a dead process was writing is taken over if it is whole, and deleted if it is not', async (t) => {
  const { dir, createSpool, names } = createSpools(t);
  for (const id of ['whole', 'torn']) await createSpool().write(batch(id));
  for (const name of names()) {
    const unfinished = join(
      dir,
      writingName(name.replace(parseSpoolName(name)?.owner ?? '', killOwner(name))),
    );
    renameSync(join(dir, name), unfinished);
    if (readFileSync(unfinished, 'latin1').includes('torn')) truncateSync(unfinished, 60);
  }
  t.deepEqual(await claimAll(createSpool()), ['whole']);
  t.deepEqual(names(), []);
});

test('what a living process is writing is left alone', async (t) => {
  const { dir, createSpool, names } = createSpools(t);
  await createSpool().write(batch(1));
  const [name = ''] = names();
  renameSync(join(dir, name), join(dir, writingName(name)));
  t.deepEqual(await claimAll(createSpool()), []);
  t.deepEqual(names(), [writingName(name)]);
});

const damages: [title: string, damage: (path: string) => void][] = [
  ['a torn file', (path) => truncateSync(path, 50)],
  ['an empty file', (path) => truncateSync(path, 0)],
  ['an altered file', (path) => writeFileSync(path, readFileSync(path).fill('?', 120))],
  ['a foreign file', (path) => writeFileSync(path, '<html>')],
  [
    'a link',
    (path) => {
      renameSync(path, `${path}.elsewhere`);
      symlinkSync(`${path}.elsewhere`, path);
    },
  ],
  [
    'a folder',
    (path) => {
      renameSync(path, `${path}.elsewhere`);
      mkdirSync(path);
    },
  ],
];

for (const [title, damage] of damages)
  test(`${title} is set aside, and what is behind it comes`, async (t) => {
    const { dir, clock, createSpool, names, lines } = createSpools(t);
    const writer = createSpool();
    await writer.write(batch('bad'));
    clock.advance(1);
    await writer.write(batch('good'));
    const [bad = ''] = names();
    damage(join(dir, bad));
    t.deepEqual(await claimAll(createSpool()), ['good']);
    t.true(existsSync(join(dir, `${bad}.bad`)) || names().includes(`${bad}.bad`));
    t.true(lines.some((line) => line.startsWith('spool file set aside')));
    t.deepEqual(await claimAll(createSpool()), []);
  });

test('files that are no spool files are not touched', async (t) => {
  const { dir, createSpool, names } = createSpools(t);
  await createSpool().write(batch('mine'));
  for (const name of ['README.md', '.gitkeep', 'x.batch']) writeFileSync(join(dir, name), 'keep me');
  t.deepEqual(await claimAll(createSpool()), ['mine']);
  t.deepEqual(names(), ['.gitkeep', 'README.md', 'x.batch']);
});

test('batches for another kind of collector wait for it', async (t) => {
  const { createSpool } = createSpools(t);
  const otlp = { contentType: 'application/x-protobuf', endpointKind: '/v1/traces' };
  await createSpool({ kind: otlp }).write(batch('otlp'));
  await createSpool().write(batch('jaeger'));
  t.deepEqual(await claimAll(createSpool()), ['jaeger']);
  t.deepEqual(await claimAll(createSpool({ kind: otlp })), ['otlp']);
});

test('its bytes are bounded, whoever wrote them, and room that is made is used again', async (t) => {
  const { clock, createSpool } = createSpools(t);
  const limits = { maxBytes: 5_000 };
  const writer = createSpool(limits);
  for (const id of ids(2)) t.like(await writer.write(batch(id, { bytes: 2_000 })), { kind: 'spooled' });
  t.true(writer.mayWrite);
  t.deepEqual(await writer.write(batch(2, { bytes: 2_000 })), { kind: 'full' });
  t.false(writer.mayWrite);
  t.deepEqual(createSpool(limits).writeNow(batch(2, { bytes: 2_000 })), { kind: 'full' });
  const claim = await writer.claim();
  claim?.finish();
  t.true(writer.mayWrite);
  t.like(await writer.write(batch(2, { bytes: 2_000 })), { kind: 'spooled' });
  t.deepEqual(await writer.write(batch(3, { bytes: 2_000 })), { kind: 'full' });
  t.deepEqual(await claimAll(createSpool()), ['1', '2']);
  t.false(writer.mayWrite);
  clock.advance(10_001); // until then the writer believes its own count
  t.like(await writer.write(batch(3, { bytes: 2_000 })), { kind: 'spooled' });
});

test('a full disk is an answer, leaves no torn file, is logged once, and tried again after half a minute', async (t) => {
  const { clock, createSpool, names, lines } = createSpools(t);
  let isFull = true;
  const spool = createSpool({
    disk: {
      ...systemDisk,
      async write(path, parts) {
        await systemDisk.write(path, isFull ? parts.slice(0, 1) : parts);
        if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      },
      writeNow(path, parts) {
        systemDisk.writeNow(path, parts.slice(0, 1));
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      },
    },
  });
  t.deepEqual(await spool.write(batch(1)), { kind: 'failed' });
  t.deepEqual(spool.writeNow(batch(1)), { kind: 'failed' });
  t.deepEqual(names(), []);
  t.is(lines.length, 1);
  t.false(spool.works);
  isFull = false;
  const brokenAt = clock.now();
  clock.set(brokenAt - 3_600_000);
  t.true(spool.works, 'a clock that is set back must not let it rest for an hour');
  clock.set(brokenAt + 29_999);
  t.false(spool.works);
  clock.set(brokenAt + 30_000);
  t.true(spool.works);
  t.like(await spool.write(batch(1)), { kind: 'spooled' });
});

test('a folder that cannot be made is an answer', async (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  const spool = createSpools(t).createSpool({ dir: join(file, 'spool') });
  t.deepEqual(await spool.write(batch(1)), { kind: 'failed' });
  t.deepEqual(spool.writeNow(batch(1)), { kind: 'failed' });
  t.is(await spool.claim(), undefined);
});

test('a folder that is not there holds nothing, and is not made by looking', async (t) => {
  const { dir, createSpool, lines } = createSpools(t);
  t.is(await createSpool().claim(), undefined);
  t.false(existsSync(dir));
  t.deepEqual(lines, []);
});

test('a folder that is taken away is made again, for the next file', async (t) => {
  const { dir, createSpool } = createSpools(t);
  const spool = createSpool();
  await spool.write(batch(1));
  rmSync(dir, { recursive: true });
  t.like(await spool.write(batch(2)), { kind: 'spooled' });
  rmSync(dir, { recursive: true });
  t.like(spool.writeNow(batch(3)), { kind: 'spooled' });
  t.deepEqual(await claimAll(spool), ['3']);
});

test("another user's files are set aside, and do not stop the others", async (t) => {
  const { dir, clock, createSpool, names, lines } = createSpools(t);
  const writer = createSpool();
  for (const id of ['written by root', 'left unfinished by root', 'good']) {
    await writer.write(batch(id));
    clock.advance(1);
  }
  const [, second = ''] = names();
  const owner = parseSpoolName(second)?.owner ?? '';
  renameSync(join(dir, second), join(dir, writingName(second.replace(owner, killOwner(second)))));
  const spool = createSpool({
    disk: {
      ...systemDisk,
      async read(path, bytes) {
        const file = await systemDisk.read(path, bytes);
        if (!file?.includes('root')) return file;
        throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
      },
    },
  });
  t.deepEqual(await claimAll(spool), ['good']);
  t.true(spool.works);
  t.is(names().length, 2);
  t.true(names().every((name) => name.endsWith('.bad')));
  t.is(lines.filter((line) => line.startsWith('spool file set aside')).length, 2);
});

test('a file that cannot be read for now, for want of descriptors, is not set aside', async (t) => {
  const { clock, createSpool } = createSpools(t);
  await createSpool().write(batch(1));
  let fails = true;
  const spool = createSpool({
    disk: {
      ...systemDisk,
      read(path, bytes) {
        if (fails) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
        return systemDisk.read(path, bytes);
      },
    },
  });
  t.is(await spool.claim(), undefined);
  fails = false;
  clock.advance(30_000);
  t.deepEqual(await claimAll(spool), ['1']);
});

test('files that vanish under its hands are borne', async (t) => {
  const { createSpool } = createSpools(t);
  const spool = createSpool();
  for (const id of ids(3)) await spool.write(batch(id));
  const claim = await spool.claim();
  t.is((await claimAll(createSpool())).length, 2);
  t.is(await spool.claim(), undefined);
  claim?.finish();
  t.notThrows(() => claim?.finish());
  t.notThrows(() => claim?.release());
  t.true(spool.works);
});
