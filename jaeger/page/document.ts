/** The frame of every page. */
import { createHash } from 'node:crypto';
import type { Answer } from '../http/answer.ts';
import { Html, type HtmlPart, html } from './html.ts';
import { STYLE } from './style.ts';

/** A page as an answer. Nothing but its own style may be loaded, and nothing runs. */
export function pageAnswer(title: string, content: HtmlPart, status = 200): Answer {
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
${content}
</body>
</html>
`;
  return {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy(),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    },
    body: body.text,
  };
}

function contentSecurityPolicy(): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    'img-src data:',
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The head of a page, with a field that opens a trace by its id. */
export function pageHead(heading: HtmlPart): Html {
  return html`<header>
<a class="home" href="/search">traces</a>
<h1>${heading}</h1>
<form action="/search"><input name="traceID" placeholder="open a trace by its id" aria-label="trace id" size="34"
 spellcheck="false" autocomplete="off"></form>
</header>`;
}
