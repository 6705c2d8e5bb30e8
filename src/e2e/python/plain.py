"""Clients of HTTP without an SDK: requests, httpx, and httpx with asyncio."""

import asyncio
import inspect

import httpx
import requests

from cases import ACCOUNT_ID, BASE_URL, TOKEN, Cases, respond

GROUP = "HTTP clients, Python"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


async def check(name, version, send):
    """Runs the cases of one client; send(method, url, body) returns its response."""
    run = Cases(group=GROUP, client=name, version=version).run

    async def call(method, url, body=None):
        response = send(method, url, body)
        return await response if inspect.isawaitable(response) else response

    queues = f"{BASE_URL}/accounts/{ACCOUNT_ID}/queues"
    made = await call("POST", queues, {"queue_name": f"plain-{name.replace(' ', '-')}"})
    queue = f"{queues}/{made.json()['result']['queue_id']}"
    await call("POST", f"{queue}/consumers", {"type": "http_pull"})
    leased = []

    async def push(text):
        return await call("POST", f"{queue}/messages", {"body": text, "content_type": "text"})

    async def pull():
        return await call("POST", f"{queue}/messages/pull", {"batch_size": 10, "visibility_timeout_ms": 60000})

    async def ack(messages):
        return await call("POST", f"{queue}/messages/ack", {"acks": [{"lease_id": m["lease_id"]} for m in messages]})

    async def push_case():
        (await push("hello")).raise_for_status()

    async def pull_case():
        leased.extend((await pull()).json()["result"]["messages"])
        assert [message["body"] for message in leased] == ["hello"]

    async def ack_case():
        assert (await ack(leased)).json()["result"]["ackCount"] == 1

    async def paused_case():
        await call("PATCH", queue, {"settings": {"delivery_paused": True}})
        paused = await pull()
        await call("PATCH", queue, {"settings": {"delivery_paused": False}})
        assert (paused.status_code, paused.json()["errors"][0]["code"]) == (409, 10252)

    async def full_case():
        await push("x" * 120_000)
        await push("x" * 120_000)
        full = await push("x" * 120_000)
        assert (full.status_code, full.headers["Retry-After"]) == (429, "1")
        await ack((await pull()).json()["result"]["messages"])
        (await push("again")).raise_for_status()

    async def internal_case():
        respond(500)
        failed = await push("twice")
        assert (failed.status_code, failed.json()["errors"][0]["code"]) == (500, 15000)
        (await push("twice")).raise_for_status()

    await run("push", push_case)
    await run("pull", pull_case)
    await run("ack", ack_case)
    await run("failure 409", paused_case)
    await run("failure 429", full_case)
    await run("failure 500", internal_case)


async def main():
    with requests.Session() as session:
        session.headers.update(HEADERS)
        await check("requests", requests.__version__, lambda method, url, body: session.request(method, url, json=body))
    with httpx.Client(headers=HEADERS) as client:
        await check("httpx", httpx.__version__, lambda method, url, body: client.request(method, url, json=body))
    async with httpx.AsyncClient(headers=HEADERS) as client:
        await check("httpx async", httpx.__version__, lambda method, url, body: client.request(method, url, json=body))


asyncio.run(main())
