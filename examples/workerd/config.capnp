# workerd with Sluice: self-hosted Workers with queues. Start with:
#
#   npm install workerd @sluice/workers
#   java -jar sluice.jar serve --config sluice.yaml
#   SLUICE_KEY=0123456789abcdef0123456789abcdef npx workerd serve --experimental config.capnp
#
# --experimental is for the dispatcher only: it calls the queue() handler of the other Worker.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "app", worker = .app),
    (name = "dispatcher", worker = .dispatcher),
    # One service for each queue that Workers send to. The file holds a token: chmod 600.
    (name = "orders", external = (
      address = "127.0.0.1:8080",
      http = (injectRequestHeaders = [
        (name = "Authorization", value = "Bearer example-token-change-me"),
        (name = "sluice-account-id", value = "7f1d2c3b4a5968778695a4b3c2d1e0f9"),
        (name = "sluice-queue", value = "orders"),
      ]),
    )),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:8787", http = (), service = "app"),
    # For Sluice. The dispatcher forwards to the Worker what is not a delivery.
    (name = "deliveries", address = "127.0.0.1:8788", http = (), service = "dispatcher"),
  ],
);

# The Worker, unmodified.
const app :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-08-01",
  bindings = [(name = "QUEUE", queue = "orders")],
);

const dispatcher :Workerd.Worker = (
  modules = [
    (name = "dispatcher.js", esModule = embed "node_modules/@sluice/workers/src/dispatcher.js"),
    (name = "delivery.js", esModule = embed "node_modules/@sluice/workers/src/delivery.js"),
  ],
  compatibilityDate = "2026-08-01",
  compatibilityFlags = ["experimental", "service_binding_extra_handlers"],
  bindings = [
    (name = "APP", service = "app"),
    (name = "SLUICE_KEY", fromEnvironment = "SLUICE_KEY"),
  ],
);
