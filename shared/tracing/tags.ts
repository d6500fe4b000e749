/** The names of the tags that this library sets; what they mean is said where the name alone does not say it. */

/** `span.kind`, as OpenTracing's semantic conventions name it, and its values. */
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
/** True where not all of the response has gone out. */
export const HTTP_ABORTED = 'http.aborted';
export const HTTP_REDIRECTED_TO = 'http.redirected_to';
/** What the tags of captured request headers begin with. */
export const HTTP_HEADER = 'http.header';

export const DB_TYPE = 'db.type';
export const DB_INSTANCE = 'db.instance';
export const DB_STATEMENT = 'db.statement';

export const MOLECULER_ACTION = 'moleculer.action';
/** The node that executes, or has been called. */
export const MOLECULER_NODE = 'moleculer.node';
/** The node that a call or event came from, where it is another one. */
export const MOLECULER_CALLER_NODE = 'moleculer.caller.node';
export const MOLECULER_REMOTE = 'moleculer.remote';
export const MOLECULER_LEVEL = 'moleculer.level';
/** From 1 on; only on spans of calls that were tried again. */
export const MOLECULER_ATTEMPT = 'moleculer.attempt';
export const MOLECULER_CACHED = 'moleculer.cached';
export const MOLECULER_FALLBACK = 'moleculer.fallback';
/** The deadline of a call, in milliseconds from its beginning. */
export const MOLECULER_TIMEOUT_MS = 'moleculer.timeout_ms';
/** Milliseconds that an execution has waited in the queue of its bulkhead. */
export const MOLECULER_QUEUE_MS = 'moleculer.queue_ms';
/** Milliseconds that a handler went on after its deadline had passed. */
export const MOLECULER_LATE = 'moleculer.late';
export const MOLECULER_EVENT = 'moleculer.event';
export const MOLECULER_GROUP = 'moleculer.group';

export const MESSAGE_BUS_DESTINATION = 'message_bus.destination';

export const STREAM_SENT_BYTES = 'stream.sent.bytes';
export const STREAM_SENT_CHUNKS = 'stream.sent.chunks';
export const STREAM_RECEIVED_BYTES = 'stream.received.bytes';
export const STREAM_RECEIVED_CHUNKS = 'stream.received.chunks';
