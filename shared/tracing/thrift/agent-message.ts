/**
 * The message in which a batch goes to Jaeger over UDP: a one-way call of `emitBatch` with the batch as its argument.
 * Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md, agent.thrift of jaeger-idl
 */
import { STRUCT, type ThriftWriter } from './thrift-writer.ts';

/** What stands around each batch. */
export interface Framing {
  begin(writer: ThriftWriter): void;
  readonly end: Uint8Array;
}

const VERSION_1 = 0x80010000;
const ONE_WAY = 4;
const STOP = 0;

/** For HTTP: the batch alone. */
export const BARE: Framing = { begin() {}, end: Uint8Array.of() };

/** For UDP: the message's head, then the batch as field 1 of the arguments. */
export const AGENT_MESSAGE: Framing = {
  begin(writer) {
    writer.int32(VERSION_1 | ONE_WAY);
    writer.string('emitBatch');
    writer.int32(0);
    writer.fieldHeader(STRUCT, 1);
  },
  end: Uint8Array.of(STOP),
};
