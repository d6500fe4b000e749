/** Makes readers of Thrift structs from tables that look like the structs' own definitions. */
import { type BinaryReader, THRIFT } from './binary-reader.ts';
import { ThriftError } from './thrift-error.ts';

/** One field of the struct S: what the wire calls it, and how its value is read. */
type StructField<S> = {
  [Name in keyof S & string]-?: {
    name: Name;
    type: number;
    read: (reader: BinaryReader) => NonNullable<S[Name]>;
    /** A struct without it is refused. */
    required?: boolean;
  };
}[keyof S & string];

/** The fields of the struct S by their ids. */
export type StructFields<S> = Readonly<Record<number, StructField<S>>>;

/**
 * A reader of the struct `name`. As generated readers do, it passes over unknown fields and counts a field of another
 * type as missing; of a field that comes twice the last one stays.
 */
export function structReader<S extends object>(
  name: string,
  fields: StructFields<S>,
): (reader: BinaryReader) => S {
  const required = Object.values(fields).filter((field) => field.required === true);
  return (reader) => {
    const found: Partial<S> = {};
    for (let type = reader.byte(); type !== THRIFT.stop; type = reader.byte()) {
      const field = fields[reader.i16()];
      if (field === undefined || field.type !== type) reader.skip(type);
      else found[field.name] = readField(reader, field);
    }
    for (const field of required) {
      if (found[field.name] === undefined) throw reader.misread(`${name} without its required ${field.name}`);
    }
    return found as S;
  };
}

function readField<S>(reader: BinaryReader, field: StructField<S>): NonNullable<S[typeof field.name]> {
  try {
    return field.read(reader);
  } catch (error) {
    throw error instanceof ThriftError ? error.within(field.name) : error;
  }
}
