/** A trace's tree for programs: `npm run trace -- <id> --json`. */
import type { TagJson } from '../tree/trace-json.ts';
import type { TraceTree, TreeSpan } from '../tree/trace-tree.ts';

/** The tree as JSON in one line; spans hold those below them in `children`, the last of their fields. */
export function treeToJson(tree: TraceTree): string {
  const { roots, ...facts } = tree;
  return `${JSON.stringify(facts).slice(0, -1)},"roots":${spansToJson(roots)}}`;
}

/** Not by recursion: a trace may be a chain of any length. */
function spansToJson(roots: readonly TreeSpan[]): string {
  const parts: string[] = ['['];
  const open: { spans: readonly TreeSpan[]; next: number }[] = [{ spans: roots, next: 0 }];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const span = level.spans[level.next];
    if (span === undefined) {
      open.pop();
      parts.push(open.length === 0 ? ']' : ']}');
      continue;
    }
    if (level.next++ > 0) parts.push(',');
    parts.push(JSON.stringify(fieldsOf(span)).slice(0, -1), ',"children":[');
    open.push({ spans: span.children, next: 0 });
  }
  return parts.join('');
}

function fieldsOf({ children: _, tags, processTags, logs, ...span }: TreeSpan): object {
  return {
    ...span,
    tags: valuesByKey(tags),
    processTags: valuesByKey(processTags),
    logs: logs.map(({ timestamp, fields }) => ({ timeUs: Number(timestamp), ...valuesByKey(fields) })),
  };
}

function valuesByKey(tags: readonly TagJson[]): Record<string, TagJson['value']> {
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}
