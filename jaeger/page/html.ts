/** Markup that cannot be broken out of: whatever is put into a template is escaped, unless it is markup itself. */
import { escapeHtml } from '../http/answer.ts';

/** Finished markup. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes; nothing is written for the last two. */
export type HtmlPart = Html | string | number | readonly HtmlPart[] | false | undefined;

/** Markup with its parts escaped: html`<b>${text}</b>`. Attributes must be quoted. */
export function html(markup: TemplateStringsArray, ...parts: HtmlPart[]): Html {
  return new Html(markup.map((text, index) => (index === 0 ? '' : textOf(parts[index - 1])) + text).join(''));
}

function textOf(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(textOf).join('') : escapeHtml(String(part));
}
