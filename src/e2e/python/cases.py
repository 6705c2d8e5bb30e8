"""What all scripts of this directory share: the environment, the form of a case, the faults of the proxy."""

import inspect
import json
import os
import traceback
import urllib.request

BASE_URL = os.environ["SLUICE_BASE_URL"]
CLOSED_URL = os.environ["SLUICE_CLOSED_URL"]
ACCOUNT_ID = os.environ["SLUICE_ACCOUNT_ID"]
TOKEN = os.environ["SLUICE_TOKEN"]
UNKNOWN_ID = "0" * 32


class Cases:
    """Runs cases of a client and prints each as a line."""

    def __init__(self, **client):
        self.client = client

    async def run(self, operation, action):
        outcome = {"outcome": "passed"}
        try:
            result = action()
            if inspect.isawaitable(result):
                await result
        except Exception:
            outcome = {"outcome": "failed", "detail": traceback.format_exc()}
        print(json.dumps({**self.client, "operation": operation, **outcome}, separators=(",", ":")), flush=True)


def control(path, method="POST"):
    request = urllib.request.Request(f"{os.environ['SLUICE_FAULTS_URL']}/{path}", method=method)
    with urllib.request.urlopen(request) as response:
        return response.read().decode()


def respond(status, times=1):
    """The next requests get this status."""
    control(f"respond?status={status}&times={times}")


def silence():
    """The next request gets no response."""
    control("silence")


def requests_made():
    """How many requests there were so far."""
    return int(control("requests", "GET"))
