/**
 * What is needed of `node:http`, without the rest: an import evaluates everything that a module exports, and one getter of
 * this one loads undici, which is behind `fetch` and `WebSocket`. That takes 1.3 MB and 18 ms of a process that uses neither.
 */

export const { Agent, get, METHODS, request, STATUS_CODES, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');
