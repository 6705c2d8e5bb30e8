/** The content types of messages. `v8` goes through the queue binding of workerd only. */
export type ContentType = 'text' | 'json' | 'bytes';

export interface QueueMetrics {
  backlogCount: number;
  backlogBytes: number;
  /** Absent if the queue is empty. */
  oldestMessageTimestamp?: Date;
}

export interface SendResponse {
  metadata: { metrics: QueueMetrics };
}

export interface SendOptions {
  /** `json` by default. */
  contentType?: ContentType;
  /** From 0 to 86400. */
  delaySeconds?: number;
}

export interface SluiceQueueOptions {
  /** Origin of Sluice, such as `http://127.0.0.1:8080`. */
  url: string;
  /** 32 hexadecimal digits. */
  accountId: string;
  /** Name or id of the queue. */
  queue: string;
  /** A token that may write. */
  token: string;
  /** Time limit of each request; 30000 by default. */
  timeoutMillis?: number;
  /** Another way to send requests, such as that of a service binding. */
  fetch?: (input: string, init: RequestInit) => Promise<Response>;
}

/**
 * A queue that is reached over HTTP, with the methods of a Worker's queue binding. A value that its content type cannot
 * carry is refused with a TypeError before anything is sent.
 */
export class SluiceQueue<Body = unknown> {
  constructor(options: SluiceQueueOptions);
  /** @throws {SluiceError} if Sluice refuses the message */
  send(body: Body, options?: SendOptions): Promise<SendResponse>;
  /** Sends all messages or none. */
  sendBatch(
    messages: Iterable<{ body: Body } & SendOptions>,
    options?: { delaySeconds?: number },
  ): Promise<SendResponse>;
  metrics(): Promise<QueueMetrics>;
}

/** A failure that Sluice reports. Its message is the cause, with the code in parentheses. */
export class SluiceError extends Error {
  constructor(cause: string, code: number, status: number);
  /** Of the error table; 15000 if the response had none. */
  readonly code: number;
  /** Of the HTTP response. */
  readonly status: number;
}

/** Remembers the signatures of deliveries, so that none is accepted twice. */
export interface SeenSignatureStore {
  /**
   * Adds a signature. Returns false if it is known already, or if that is not certain.
   *
   * @param timestampSeconds of the delivery
   * @param expiredSeconds deliveries before this time are refused anyway and may be forgotten
   */
  add(signature: string, timestampSeconds: number, expiredSeconds: number): boolean | Promise<boolean>;
}

export interface VerificationOptions {
  /** The most that the timestamp of a delivery may differ from this clock; 300 by default. */
  toleranceSeconds?: number;
  /** The largest request body; 16 MiB by default. */
  bodyBytesMax?: number;
  /** By default in the memory of the isolate, bounded. */
  seen?: SeenSignatureStore;
}

export interface WithQueuesOptions<Env> extends VerificationOptions {
  /** The key of this Worker in Sluice's configuration, 16 characters or more. */
  key: string | ((env: Env) => string);
  /** Path of the route; `/sluice/queue` by default. */
  path?: string;
}

/** The path that receives deliveries, unless another one is given. */
export const DELIVERY_PATH: '/sluice/queue';

/**
 * Adds a route to a Worker that receives the batches of Sluice and calls the Worker's own `queue()` with them.
 *
 * @param worker the exported object of a Worker, or a class that extends WorkerEntrypoint
 */
export function withQueues<Worker extends object, Env = any>(worker: Worker, options: WithQueuesOptions<Env>): Worker;

/** A delivery of Sluice: the JSON of its request. */
export interface Delivery {
  queue: string;
  queue_id: string;
  account_id: string;
  messages: {
    id: string;
    timestamp_ms: number;
    attempts: number;
    content_type: ContentType | 'v8';
    /** A string for text, any value for json, base64 for bytes and v8. */
    body: unknown;
    metadata: Record<string, string>;
  }[];
  metadata: {
    metrics: { backlog_count: number; backlog_bytes: number; oldest_message_timestamp_ms: number };
  };
}

/** Checks deliveries. One instance per Worker; it remembers the deliveries that it has seen. */
export class DeliveryVerifier {
  constructor(options?: VerificationOptions & { now?: () => number });
  /** @throws {DeliveryError} if the request is not a delivery, or is wrong, old or repeated */
  verify(request: Request, key: string): Promise<Delivery>;
}

/** A request that is not a delivery of Sluice. */
export class DeliveryError extends Error {
  constructor(status: number, message: string);
  /** Of the response to give. */
  readonly status: number;
}
