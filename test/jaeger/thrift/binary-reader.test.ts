import test from 'ava';
import { BinaryReader, THRIFT } from '../../../jaeger/thrift/binary-reader.ts';
import { ThriftError } from '../../../jaeger/thrift/thrift-error.ts';
import { i16, i32, i64, list, string, struct } from '../thrift-writer.ts';

const reader = (...parts: Buffer[]) => new BinaryReader(Buffer.concat(parts));
const misread = { instanceOf: ThriftError, code: 'THRIFT_INVALID' };

test('values are read one after the other', (t) => {
  const from = reader(i16(-2), i32(70_000), i64(-1n), string('héllo'), Buffer.from([1, 2]));
  t.is(from.i16(), -2);
  t.is(from.i32(), 70_000);
  t.is(from.i64(), -1n);
  t.is(from.text(), 'héllo');
  t.true(from.bool());
  t.false(from.bool()); // only 1 is true
});

test('a text that is not UTF-8 comes as its bytes, one that holds a replacement character as a text', (t) => {
  t.deepEqual(reader(string(Buffer.from([0x61, 0xff]))).text(), new Uint8Array([0x61, 0xff]));
  t.is(reader(string('\uFFFD')).text(), '\uFFFD');
});

test('bytes are copied: a small value does not keep its body in memory', (t) => {
  t.is(reader(string(Buffer.alloc(3)), Buffer.alloc(10_000)).binary().buffer.byteLength, 3);
});

test('a size that does not fit what is left is refused before anything of it is made', (t) => {
  for (const size of [-1, -2_147_483_648, 2_147_483_647, 5]) {
    t.throws(() => reader(i32(size), Buffer.alloc(4)).text(), misread);
    const structs = reader(Buffer.from([THRIFT.struct]), i32(size), Buffer.alloc(4));
    t.throws(() => structs.structs(() => t.fail('an element was read')), misread);
  }
  const longs = reader(list(THRIFT.i64, [i64(1n), i64(2n), i64(3n)]).subarray(0, -1));
  t.throws(() => longs.skip(THRIFT.list), { message: /^size 3 with 23 bytes left/ });
});

test('anything can be passed over', (t) => {
  const everything = struct(
    [1, THRIFT.bool, Buffer.from([1])],
    [2, THRIFT.byte, Buffer.from([1])],
    [3, THRIFT.double, Buffer.alloc(8)],
    [4, THRIFT.i16, i16(1)],
    [5, THRIFT.i32, i32(1)],
    [6, THRIFT.i64, i64(1n)],
    [7, THRIFT.string, string('text')],
    [8, THRIFT.struct, struct([1, THRIFT.string, string('inner')])],
    [9, THRIFT.map, Buffer.concat([Buffer.from([THRIFT.string, THRIFT.i16]), i32(1), string('k'), i16(1)])],
    [10, THRIFT.set, list(THRIFT.i64, [i64(1n), i64(2n)])],
    [11, THRIFT.list, list(THRIFT.struct, [struct(), struct()])],
    [12, THRIFT.uuid, Buffer.alloc(16)],
    [13, THRIFT.list, list(99, [])],
  );
  const from = reader(everything, i16(4711));
  from.skip(THRIFT.struct);
  t.is(from.i16(), 4711);
  for (let length = 0; length < everything.length; length++)
    t.throws(() => reader(everything.subarray(0, length)).skip(THRIFT.struct), misread);
});

test('a type that does not exist is refused', (t) => {
  for (const type of [0, 1, 5, 7, 9, 17, 255])
    t.throws(() => reader(Buffer.alloc(100)).skip(type), { message: /^unknown data type/ });
});

test('what is passed over may nest 64 levels, and no more', (t) => {
  const nested = (levels: number): Buffer =>
    levels === 1 ? struct() : struct([1, THRIFT.struct, nested(levels - 1)]);
  t.notThrows(() => reader(nested(64)).skip(THRIFT.struct));
  t.throws(() => reader(nested(65)).skip(THRIFT.struct), { message: /^nested deeper than 64 levels/ });
});
