"""A pull consumer with nothing but the standard library.

Reads CLOUDFLARE_BASE_URL, CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID and QUEUE. Acknowledges the messages that it
could handle; the others are delivered again. Continues when the server was away.
"""

import json
import os
import sys
import time
import urllib.parse
import urllib.request

QUEUES = "{CLOUDFLARE_BASE_URL}/accounts/{CLOUDFLARE_ACCOUNT_ID}/queues".format(**os.environ)
TOKEN = os.environ["CLOUDFLARE_API_TOKEN"]


def call(method, url, body=None):
    """Sends a request and returns the result of the response; raises an exception for an error."""
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["result"]


def handle(message):
    """Raises an exception if the message cannot be handled now."""
    order = json.loads(message["body"])
    print("order", order["id"], flush=True)


def consume(messages_url):
    """Handles the messages that are ready and returns how many there were."""
    messages = call("POST", messages_url + "/pull", {"batch_size": 10, "visibility_timeout_ms": 60_000})["messages"]
    acks, retries = [], []
    for message in messages:
        try:
            handle(message)
            acks.append({"lease_id": message["lease_id"]})
        except Exception as error:  # One bad message must not stop the others.
            print("failed:", error, flush=True)
            retries.append({"lease_id": message["lease_id"], "delay_seconds": min(2 ** message["attempts"], 3600)})
    if messages:
        call("POST", messages_url + "/ack", {"acks": acks, "retries": retries})
    return len(messages)


if __name__ == "__main__":
    name = os.environ.get("QUEUE", "orders")
    found = call("GET", QUEUES + "?name=" + urllib.parse.quote(name))
    if not found:
        raise SystemExit(f"there is no queue {name}")
    while True:
        try:
            handled = consume(f"{QUEUES}/{found[0]['queue_id']}/messages")
        except OSError as error:  # The server is away, or responded with an error.
            print(error, file=sys.stderr, flush=True)
            handled = 0
        if handled == 0:
            time.sleep(0.2)
