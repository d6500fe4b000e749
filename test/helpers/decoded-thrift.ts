/** Batches as what they say, whoever wrote them and in however many words. */
import { decodeBatch, TAG_TYPE, type ThriftSpan, type ThriftTag } from '../../jaeger/thrift/jaeger-batch.ts';

/** The tag's value alone: jaeger-client writes the fields of all other types as well. */
export function tagValueOf({ vType, ...values }: ThriftTag): unknown {
  switch (vType) {
    case TAG_TYPE.string:
      return values.vStr;
    case TAG_TYPE.double:
      return values.vDouble;
    case TAG_TYPE.bool:
      return values.vBool;
    case TAG_TYPE.long:
      return values.vLong;
    default:
      return values.vBinary;
  }
}

/** A batch in comparable form; lists that are absent count as empty. */
export function decoded(bytes: Uint8Array) {
  const { process, spans } = decodeBatch(bytes);
  return { serviceName: process.serviceName, tags: (process.tags ?? []).map(tag), spans: spans.map(span) };
}

const tag = (given: ThriftTag) => ({ key: given.key, vType: given.vType, value: tagValueOf(given) });

function span({ references = [], tags = [], logs = [], ...rest }: ThriftSpan) {
  return {
    ...rest,
    references,
    tags: tags.map(tag),
    logs: logs.map(({ timestamp, fields }) => ({ timestamp, fields: fields.map(tag) })),
  };
}
