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

/** On the process, not on spans: Moleculer's id of the node. */
export const NODE_ID = 'node.id';

export const HTTP_METHOD = 'http.method';
export const HTTP_ROUTE = 'http.route';
export const HTTP_URL = 'http.url';
export const HTTP_STATUS_CODE = 'http.status_code';
export const HTTP_ABORTED = 'http.aborted';
export const HTTP_REDIRECTED_TO = 'http.redirected_to';
export const HTTP_HEADER = 'http.header';

export const DB_TYPE = 'db.type';
export const DB_INSTANCE = 'db.instance';
export const DB_STATEMENT = 'db.statement';

export const MOLECULER_ACTION = 'moleculer.action';
export const MOLECULER_NODE = 'moleculer.node';
export const MOLECULER_CALLER_NODE = 'moleculer.caller.node';
export const MOLECULER_REMOTE = 'moleculer.remote';
export const MOLECULER_LEVEL = 'moleculer.level';
export const MOLECULER_ATTEMPT = 'moleculer.attempt';
export const MOLECULER_CACHED = 'moleculer.cached';
export const MOLECULER_FALLBACK = 'moleculer.fallback';
export const MOLECULER_TIMEOUT_MS = 'moleculer.timeout_ms';
export const MOLECULER_QUEUE_MS = 'moleculer.queue_ms';
export const MOLECULER_LATE = 'moleculer.late';
export const MOLECULER_EVENT = 'moleculer.event';
export const MOLECULER_GROUP = 'moleculer.group';

export const MESSAGE_BUS_DESTINATION = 'message_bus.destination';

export const STREAM_SENT_BYTES = 'stream.sent.bytes';
export const STREAM_SENT_CHUNKS = 'stream.sent.chunks';
export const STREAM_RECEIVED_BYTES = 'stream.received.bytes';
export const STREAM_RECEIVED_CHUNKS = 'stream.received.chunks';
