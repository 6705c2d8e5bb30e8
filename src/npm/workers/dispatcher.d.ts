/**
 * A Worker that gives the batches of Sluice to another Worker as native `queue` events. It needs the compatibility flags
 * `experimental` and `service_binding_extra_handlers`.
 */
declare const dispatcher: {
  fetch(request: Request, env: DispatcherEnv): Promise<Response>;
};
export default dispatcher;

export interface DispatcherEnv {
  /** A service binding to the Worker. */
  APP: { fetch(request: Request): Promise<Response>; queue(name: string, messages: object[], metadata: object): Promise<object> };
  /** The key in Sluice's configuration. */
  SLUICE_KEY: string;
}
