/**
 * The message in which clients send a batch over UDP: a call of `emitBatch`, with the batch as its one argument.
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md, agent.thrift of jaeger-idl
 */
import { BinaryReader, THRIFT } from './binary-reader.ts';
import { readBatch, type ThriftBatch } from './jaeger-batch.ts';
import { structReader } from './struct-reader.ts';

const VERSION_MASK = 0xffff0000 | 0;
const VERSION_1 = 0x80010000 | 0;
const METHOD = 'emitBatch';

const readArguments = structReader<{ batch: ThriftBatch }>(METHOD, {
  1: { name: 'batch', type: THRIFT.struct, read: readBatch, required: true },
});

/**
 * The batch that a datagram brings.
 * @throws {ThriftError} where the bytes are no such message
 */
export function decodeAgentMessage(bytes: Uint8Array): ThriftBatch {
  const reader = new BinaryReader(bytes);
  if ((reader.i32() & VERSION_MASK) !== VERSION_1)
    throw reader.misread("no message of Thrift's binary protocol");
  const method = reader.text();
  if (method !== METHOD) throw reader.misread(`a call of something else than ${METHOD}`);
  reader.i32(); // its number: nobody answers it
  return readArguments(reader).batch;
}
