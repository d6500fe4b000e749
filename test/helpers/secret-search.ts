/** Searches what left a system for what must not leave it, whole or in parts, in whatever form it is written. */

/** A part of a secret that was found. */
export interface Leak {
  /** Which secret. */
  secret: string;
  /** As what it was written, such as `base64`. */
  form: string;
  /** Where. */
  source: string;
  /** What stands around it, with a dot for each byte that is no ASCII. */
  around: string;
}

/** By name. */
export type Named<Value> = Readonly<Record<string, Value>>;

// Messages are cut: the shortest that are known, V8's on bad JSON, show 10 characters of the text. With pieces of 7, each
// begun 4 behind the last, whatever shows 10 in a row holds a whole piece.
const PIECE = 7;
const STRIDE = 4;
const CONTEXT = 60;

/** Finds each secret of at least {@link PIECE} characters in each of the sources; answers one leak for each way of writing it. */
export function findSecrets(secrets: Named<string>, sources: Named<string | Uint8Array>): Leak[] {
  const needles = Object.entries(secrets).map(([secret, text]) => ({ secret, forms: formsOf(text) }));
  return Object.entries(sources).flatMap(([source, content]) => {
    const bytes = bytesOf(content);
    return needles.flatMap(({ secret, forms }) =>
      Object.entries(forms).flatMap(([form, pieces]): Leak[] => {
        const piece = pieces.find((candidate) => bytes.includes(candidate));
        if (piece === undefined) return [];
        const at = bytes.indexOf(piece);
        const around = bytes.slice(Math.max(0, at - CONTEXT), at + piece.length + CONTEXT);
        return [{ secret, form, source, around: around.replaceAll(/[^ -~]/g, '.') }];
      }),
    );
  });
}

/** The pieces of a text, as bytes, in each form. */
function formsOf(text: string): Named<string[]> {
  if (text.length < PIECE) throw new RangeError(`${text.length} characters are found everywhere`);
  const starts = Array.from(
    { length: Math.floor((text.length - PIECE) / STRIDE) + 1 },
    (_, at) => at * STRIDE,
  );
  const pieces = [...starts, text.length - PIECE].map((at) => text.slice(at, at + PIECE));
  const written = (write: (piece: string) => string) => pieces.map(write).map(bytesOf);
  const quoted = (piece: string) => JSON.stringify(piece).slice(1, -1);
  const percent = (piece: string) => encodeURIComponent(piece.toWellFormed());
  const hex = (piece: string) => Buffer.from(piece).toString('hex');
  const base64 = pieces.flatMap((piece) => [0, 1, 2].map((shift) => base64Within(piece, shift)));
  return {
    plain: written((piece) => piece),
    JSON: written(quoted),
    'JSON in JSON': written((piece) => quoted(quoted(piece))),
    percent: written(percent),
    'percent, lower case': written((piece) =>
      percent(piece).replaceAll(/%../g, (code) => code.toLowerCase()),
    ),
    'percent, as a form has it': written((piece) => percent(piece).replaceAll('%20', '+')),
    hex: written(hex),
    'hex, upper case': written((piece) => hex(piece).toUpperCase()),
    base64,
    base64url: base64.map((piece) => piece.replaceAll('+', '-').replaceAll('/', '_')),
  };
}

/** What is the same in the base64 of any text in which this stands, `shift` bytes behind one that three divides. */
function base64Within(piece: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(piece)]);
  const first = Math.ceil((shift * 8) / 6);
  const last = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(first, last);
}

/** A character a byte, so that texts and bytes are searched alike. */
function bytesOf(content: string | Uint8Array): string {
  return Buffer.from(content as string).toString('latin1');
}
