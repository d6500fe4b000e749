/** Spells out a JSON line of the log for people who look on: the time, what was said, and the fields that matter. */
import { inspect, styleText } from 'node:util';

/** Colours a text, or leaves it as it is. */
type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const LEVELS: Record<number, { name: string; style: Parameters<typeof styleText>[0] }> = {
  10: { name: 'TRACE ', style: 'gray' },
  20: { name: 'DEBUG ', style: 'gray' },
  30: { name: '', style: 'reset' },
  40: { name: 'WARN ', style: 'yellow' },
  50: { name: 'ERROR ', style: 'red' },
  60: { name: 'FATAL ', style: ['bold', 'red'] },
};

/** Makes a function that spells out a line as one or, with an error's stack, several; other lines stay as they are. */
export function createLineReader(colored: boolean): (line: string) => string[] {
  const paint: Paint = (style, text) => (colored ? styleText(style, text, { validateStream: false }) : text);
  return (line) => {
    const entry = parseEntry(line);
    return entry === undefined ? [line] : spellOut(entry, paint);
  };
}

interface Entry {
  time: number;
  level: number;
  msg?: string;
  fields: Record<string, unknown>;
}

function parseEntry(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    // The name is in front of the line already, and spanId says little without a trace to look it up in.
    const { time, level, msg, pid, hostname, name, spanId, ...fields } = JSON.parse(line);
    return typeof time === 'number' && typeof level === 'number' ? { time, level, msg, fields } : undefined;
  } catch {
    return undefined;
  }
}

function spellOut({ time, level, msg = '', fields }: Entry, paint: Paint): string[] {
  const { err, traceId, ...rest } = fields;
  const { name, style } = LEVELS[level] ?? { name: `${level} `, style: 'reset' };
  const parts = [
    paint('gray', timeOfDay(time)),
    paint(style, `${name}${isRequest(msg, rest) ? requestOf(rest) : msg}`),
    ...(isRequest(msg, rest) ? [] : fieldsOf(rest)),
    ...(traceId ? [paint('gray', `trace ${traceId}`)] : []),
  ];
  const stack = typeof err === 'object' && err !== null && 'stack' in err ? String(err.stack) : '';
  return [parts.join(' '), ...(stack ? stack.split('\n').map((frame) => paint('gray', frame)) : [])];
}

/** `18:13:22.684`, of this machine's day. */
function timeOfDay(time: number): string {
  const date = new Date(time);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** The line that is seen most. */
function isRequest(msg: string, fields: Record<string, unknown>): boolean {
  return msg === 'request' && 'method' in fields && 'status' in fields;
}

function requestOf({ method, route, status, durationMs }: Record<string, unknown>): string {
  const took = typeof durationMs === 'number' ? ` ${durationMs.toFixed(1)} ms` : '';
  return `${method} ${route ?? '(no route)'} ${status}${took}`;
}

function fieldsOf(fields: Record<string, unknown>): string[] {
  return Object.entries(fields).map(
    ([key, value]) => `${key}=${inspect(value, { breakLength: Number.POSITIVE_INFINITY })}`,
  );
}
