/** The names of the tags that this library sets, and the values of `span.kind`. */

/** `span.kind`, as OpenTracing's semantic conventions name it. */
export const SPAN_KIND = 'span.kind';
export const SERVER = 'server';
export const CLIENT = 'client';
export const PRODUCER = 'producer';
export const CONSUMER = 'consumer';

export const COMPONENT = 'component';
export const ERROR = 'error';
export const PEER_SERVICE = 'peer.service';

export const HTTP_METHOD = 'http.method';
export const HTTP_ROUTE = 'http.route';
export const HTTP_URL = 'http.url';
export const HTTP_STATUS_CODE = 'http.status_code';
export const HTTP_ABORTED = 'http.aborted';

export const DB_TYPE = 'db.type';
export const DB_INSTANCE = 'db.instance';
export const DB_STATEMENT = 'db.statement';

export const MOLECULER_ACTION = 'moleculer.action';
export const MOLECULER_NODE = 'moleculer.node';
export const MOLECULER_CALLER_NODE = 'moleculer.caller.node';
export const MOLECULER_REMOTE = 'moleculer.remote';
export const MOLECULER_LEVEL = 'moleculer.level';
