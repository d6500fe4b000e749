import test from 'ava';
import { formatSpoolHeader, hashKind, parseSpoolFile } from '#shared/tracing/reporter/spool-file.ts';

const kind = { contentType: 'application/x-thrift', endpointKind: '/api/traces' };
const payload = { bytes: Buffer.from('forty spans, or what looks like them'), spans: 40 };
const file = Buffer.concat([formatSpoolHeader(payload, kind), payload.bytes]);

test('what was written is read', (t) => {
  t.deepEqual(parseSpoolFile(file), { payload, kind });
});

test('an empty payload and names beyond ASCII are written and read', (t) => {
  const empty = { bytes: Buffer.alloc(0), spans: 0 };
  const umlauts = { contentType: 'application/grün', endpointKind: '/späne' };
  t.deepEqual(parseSpoolFile(formatSpoolHeader(empty, umlauts)), { payload: empty, kind: umlauts });
});

test('torn off at any byte, it is not taken', (t) => {
  for (let length = 0; length < file.byteLength; length += 1)
    t.is(parseSpoolFile(file.subarray(0, length)), undefined);
});

test('altered in any byte, it is not taken', (t) => {
  for (let index = 0; index < file.byteLength; index += 1) {
    const altered = Buffer.from(file);
    altered.writeUInt8(altered.readUInt8(index) ^ 0x10, index);
    t.is(parseSpoolFile(altered), undefined);
  }
});

test('longer than it says, it is not taken', (t) => {
  t.is(parseSpoolFile(Buffer.concat([file, Buffer.from('!')])), undefined);
});

test('another path or content type is another kind; another host is not', (t) => {
  t.regex(hashKind(kind), /^[0-9a-f]{8}$/);
  t.not(hashKind(kind), hashKind({ ...kind, endpointKind: '/v1/traces' }));
  t.not(hashKind(kind), hashKind({ ...kind, contentType: 'application/json' }));
});
