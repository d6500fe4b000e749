import test from 'ava';
import { ThriftWriter } from '#shared/tracing/thrift/thrift-writer.ts';

// What is allocated without being cleared is clear all the same, most of the time: here it never is.
const { allocUnsafeSlow } = Buffer;
Buffer.allocUnsafeSlow = (size) => allocUnsafeSlow(size).fill(0xaa);

for (const [title, write] of [
  ['a field header', (writer: ThriftWriter) => writer.fieldHeader(11, 3)],
  ['a list header', (writer: ThriftWriter) => writer.listHeader(12, 7)],
  ['a stop', (writer: ThriftWriter) => writer.stop()],
  ['a bool', (writer: ThriftWriter) => writer.bool(true)],
  ['an int32', (writer: ThriftWriter) => writer.int32(-5)],
  ['an int64', (writer: ThriftWriter) => writer.int64(2 ** 40 + 3)],
  ['a bigint', (writer: ThriftWriter) => writer.bigInt64(-(2n ** 62n))],
  ['a double', (writer: ThriftWriter) => writer.double(1.5)],
  ['an id', (writer: ThriftWriter) => writer.hexId('0123456789abcdef')],
  ['a short text', (writer: ThriftWriter) => writer.string('hello')],
  ['a long text', (writer: ThriftWriter) => writer.string('ü'.repeat(100))],
  ['bytes', (writer: ThriftWriter) => writer.binary(Buffer.from('bytes'))],
] as const) {
  test(`${title} is the same wherever the buffer ends`, (t) => {
    const roomy = new ThriftWriter(4096);
    write(roomy);
    for (let room = 0; room <= roomy.length; room++) {
      const tight = new ThriftWriter(room + 1);
      tight.raw(Buffer.alloc(1, 0xff));
      write(tight);
      t.deepEqual(tight.bytes().subarray(1), roomy.bytes(), `with room for ${room} bytes`);
    }
  });
}
