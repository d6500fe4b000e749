/** What a handler answers to one HTTP request. */
import type { IncomingMessage } from 'node:http';
import { posix } from 'node:path';

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Answers requests; what it throws becomes a 500. */
export type Handler = (request: IncomingMessage, url: URL) => Answer | Promise<Answer>;

/** A line of plain text, as Go's `http.Error` sends it. */
export function textAnswer(status: number, text: string): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
    body: `${text}\n`,
  };
}

/** What Go answers where it has no route. */
export function notFoundAnswer(): Answer {
  return textAnswer(404, '404 page not found');
}

/** The path without `//`, `.` and `..`; undefined where it has none. */
export function cleanPath(path: string): string | undefined {
  const clean = posix.normalize(path);
  return clean === path ? undefined : clean;
}

/** The text with what HTML could take for markup escaped. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
