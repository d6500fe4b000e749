/** The pages for what is not there. */
import type { Answer } from '../http/answer.ts';
import { pageAnswer, pageHead } from './document.ts';
import { html } from './html.ts';

/** For the id of a trace that is not in the store. */
export function noTracePage(id: string): Answer {
  const content = html`${pageHead('No such trace')}
<main><div class="empty"><p>No trace <code>${id}</code> is here.</p>
<p>Spans need a moment to arrive: <a href="/trace/${id}">look again</a>. If it was here before, newer traces may have
taken its place; and a restart forgets everything.</p></div></main>`;
  return pageAnswer('No such trace', content, 404);
}

/** For any other path. */
export function noPagePage(): Answer {
  const content = html`${pageHead('No such page')}
<main><div class="empty"><p>There is nothing here. The <a href="/search">latest traces</a> may be what you look for.</p></div></main>`;
  return pageAnswer('No such page', content, 404);
}
