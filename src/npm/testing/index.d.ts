/** Starts a server of its own: in memory, on a free port, for as long as the test needs it. */
export function startSluice(options?: SluiceOptions): Promise<Sluice>;

export interface SluiceOptions {
  /** Queues to create, each with a pull consumer. */
  queues?: (string | QueueOptions)[];
  /** Create the queues of a wrangler configuration: its path, or true for the nearest one. */
  wrangler?: string | true;
  /** Environment of the wrangler configuration. */
  environmentName?: string;
  /** Deliver the batches of the Worker of the wrangler configuration to this URL. */
  worker?: string;
  /** Key that signs these deliveries. */
  workerKey?: string;
  /** Keep messages in this directory. */
  data?: string;
  /** Port of the API; a free one by default. */
  port?: number;
  token?: string;
  accountId?: string;
  /** Any keys of the configuration, such as `{ 'limits.message_bytes_max': 1000 }`. */
  settings?: Record<string, unknown>;
  /** Gets the log of the server, with one line per event of a message. */
  onLog?: (text: string) => void;
  /** Directory from which `wrangler` and `data` count, and the package `sluice` is looked for; that of the process by default. */
  cwd?: string;
  /** Environment variables for the server, in addition to those of this process that do not begin with SLUICE_. */
  environment?: Record<string, string>;
  /** The command that runs Sluice and its first arguments. By default the jar, then the npm package `sluice`, then `sluice` of the PATH. */
  command?: string[];
  /** Path of sluice.jar; the variable SLUICE_JAR by default. */
  jar?: string;
  /** The java command for the jar. */
  java?: string;
  /** Options of the Java machine for the jar. */
  javaOptions?: string[];
  /** Time in which the server must be ready, 60 s by default. */
  startTimeoutMillis?: number;
}

export interface QueueOptions {
  name: string;
  deliveryDelaySeconds?: number;
  retentionSeconds?: number;
  batchSize?: number;
  maxRetries?: number;
  retryDelaySeconds?: number;
  visibilityTimeoutMillis?: number;
  /** Created too if it is not among the queues. */
  deadLetterQueue?: string;
}

export interface Sluice extends AsyncDisposable {
  /** Address without a path, such as http://127.0.0.1:40123. */
  readonly url: string;
  /** Base URL for the official SDKs. */
  readonly baseURL: string;
  readonly port: number;
  /** Port of health and metrics. */
  readonly managementPort: number;
  readonly accountId: string;
  readonly token: string;
  readonly pid: number;
  /** CLOUDFLARE_BASE_URL, CLOUDFLARE_API_BASE_URL, CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN, for SDKs and wrangler. */
  readonly env: Record<string, string>;
  /** Ids of the queues of the start, by name. */
  readonly queues: Record<string, string>;
  /** What the server logged last. */
  readonly log: string;
  /** A queue of the start. Throws if there is no such queue. */
  queue<Body = unknown>(name: string): Queue<Body>;
  /** Deletes all messages, and all queues that the start did not declare. Queues keep their ids. */
  reset(): Promise<void>;
  /** Stops the server. Can be called again. */
  stop(): Promise<void>;
}

export interface Queue<Body = unknown> {
  readonly name: string;
  readonly id: string;
  /** Pushes a message. Text has the content type text, anything else json. */
  push(body: Body, options?: PushOptions): Promise<void>;
  /** Pushes messages, 100 in one request. */
  pushBatch(bodies: Body[], options?: PushOptions): Promise<void>;
  /** Leases up to `batchSize` messages, 100 by default. */
  pull(options?: { batchSize?: number; visibilityTimeoutMillis?: number }): Promise<Message<Body>[]>;
  ack(messages: Message<Body> | Message<Body>[]): Promise<{ ackCount: number; retryCount: number }>;
  retry(
    messages: Message<Body> | Message<Body>[],
    options?: { delaySeconds?: number },
  ): Promise<{ ackCount: number; retryCount: number }>;
  /**
   * Pulls and acknowledges everything that is ready. With `atLeast` it waits until that many messages came, and throws
   * after `timeoutMillis`, 30,000 by default.
   */
  drain(options?: { atLeast?: number; timeoutMillis?: number }): Promise<Message<Body>[]>;
  /** The number of messages that are not acknowledged, also delayed and leased ones. */
  backlog(): Promise<number>;
  purge(): Promise<void>;
}

export interface PushOptions {
  contentType?: 'text' | 'json';
  delaySeconds?: number;
}

export interface Message<Body = unknown> {
  readonly id: string;
  readonly leaseId: string;
  /** From 1. */
  readonly attempts: number;
  readonly timestamp: Date;
  readonly contentType: string;
  /** Parsed if the content type is json, a Uint8Array for bytes, deserialized for v8. */
  readonly body: Body;
  readonly metadata: Record<string, string>;
}
