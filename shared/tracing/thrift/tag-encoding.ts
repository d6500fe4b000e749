/** Tags as Jaeger's Thrift has them: a name, a type, and one field for the value. */
import { LONGEST_VALUE, type TagValue, tagValue } from '../tag-value.ts';
import { cut, textOf } from '../text.ts';
import { type TagPairs, type Tags, tagPairs } from '../tracer/tag-pairs.ts';
import { BOOL, DOUBLE, I32, I64, STRING, STRUCT, ThriftWriter } from './thrift-writer.ts';

const TAG_STRING = 0;
const TAG_DOUBLE = 1;
const TAG_BOOL = 2;
const TAG_LONG = 3;
const TAG_BINARY = 4;

/** The tag that says what of a span was left out. */
export const CUT_TAG = 'tracing.cut';

/** Names are keys in every index; nobody reads more of one than this. */
export const LONGEST_NAME = 1024;

/** Writes a list of `Tag` structs. Answers false, and stops in the middle, where it would end beyond `end`. */
export function writeTagList(
  writer: ThriftWriter,
  tags: TagPairs,
  longestValue: number,
  end: number,
): boolean {
  writer.listHeader(STRUCT, tags.length / 2);
  return writeTags(writer, tags, longestValue, end);
}

/** The same without the list's header. */
export function writeTags(writer: ThriftWriter, tags: TagPairs, longestValue: number, end: number): boolean {
  for (let i = 0; i < tags.length && writer.length <= end; i += 2)
    writeTag(writer, textOf(tags[i]), tagValue(tags[i + 1], longestValue));
  return writer.length <= end;
}

/** Tags that many spans share, encoded once, and how many there are. */
export interface EncodedTags {
  readonly bytes: Uint8Array;
  readonly count: number;
}

const encodedTags = new WeakMap<Tags, EncodedTags>();

/** Frozen tags as `Tag` structs, encoded at the first call and kept for the next. */
export function sharedTagBytes(tags: Tags): EncodedTags {
  const known = encodedTags.get(tags);
  if (known !== undefined) return known;
  const pairs = tagPairs(tags);
  const writer = new ThriftWriter(512);
  writeTags(writer, pairs, LONGEST_VALUE, Number.POSITIVE_INFINITY);
  const encoded = { bytes: writer.bytes(), count: pairs.length / 2 };
  // The inside of an object can change although the tags are frozen.
  if (!pairs.some((value) => typeof value === 'object')) encodedTags.set(tags, encoded);
  return encoded;
}

function writeTag(writer: ThriftWriter, name: string, value: TagValue): void {
  writer.fieldHeader(STRING, 1);
  writer.string(cut(name, LONGEST_NAME));
  writer.fieldHeader(I32, 2);
  if (typeof value === 'string') {
    writer.int32(TAG_STRING);
    writer.fieldHeader(STRING, 3);
    writer.string(value);
  } else if (typeof value === 'number') {
    writeNumber(writer, value);
  } else if (typeof value === 'boolean') {
    writer.int32(TAG_BOOL);
    writer.fieldHeader(BOOL, 5);
    writer.bool(value);
  } else if (typeof value === 'bigint') {
    writer.int32(TAG_LONG);
    writer.fieldHeader(I64, 6);
    writer.bigInt64(value);
  } else {
    writer.int32(TAG_BINARY);
    writer.fieldHeader(STRING, 7);
    writer.binary(value);
  }
  writer.stop();
}

/** Safe integers as int64: Jaeger never reads a double as a status or a count. */
function writeNumber(writer: ThriftWriter, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    writer.int32(TAG_LONG);
    writer.fieldHeader(I64, 6);
    writer.int64(value);
  } else {
    writer.int32(TAG_DOUBLE);
    writer.fieldHeader(DOUBLE, 4);
    writer.double(value);
  }
}
