"""The SDK as it is installed, with the argument "sync" or "async": each method of queues, each class of error."""

import asyncio
import base64
import inspect
import json
import sys

import cloudflare

from cases import ACCOUNT_ID, BASE_URL, CLOSED_URL, TOKEN, UNKNOWN_ID, Cases, requests_made, respond, silence

MODE = sys.argv[1]
VERSION = cloudflare.__version__
MAJOR = int(VERSION.split(".")[0])


def client(**options):
    make = cloudflare.AsyncCloudflare if MODE == "async" else cloudflare.Cloudflare
    return make(**{"base_url": BASE_URL, "api_token": TOKEN, "max_retries": 0, **options})


async def value(result):
    """The result of a call of either client."""
    return await result if inspect.isawaitable(result) else result


async def items(pages):
    """All items of a list, over all pages."""
    if MODE == "async":
        return [item async for item in pages]
    return list(pages)


async def failure(call, kind, status=None, code=None):
    """The failure of a call, which must be of this class, status and code."""
    try:
        await value(call())
    except cloudflare.APIError as error:
        assert type(error) is kind, repr(error)
        if status:
            assert error.status_code == status, error.status_code
        if code:
            assert error.body["errors"][0]["code"] == code, error.body
        return error
    raise AssertionError("it succeeded")


def decoded(message):
    return json.loads(base64.b64decode(message.body))


async def operations(run, sdk):
    queues = sdk.queues
    messages = queues.messages
    consumers = queues.consumers
    account = {"account_id": ACCOUNT_ID}
    made = {}

    async def pulled(**parameters):
        return (await value(messages.pull(made["id"], **account, **parameters))).messages

    async def create():
        queue = await value(queues.create(**account, queue_name="jobs"))
        assert queue.queue_name == "jobs"
        made["id"] = queue.queue_id

    async def list_queues():
        assert [queue.queue_id for queue in await items(queues.list(**account))] == [made["id"]]

    async def get():
        assert (await value(queues.get(made["id"], **account))).queue_name == "jobs"

    async def update():
        settings = {"delivery_delay": 0, "delivery_paused": False, "message_retention_period": 3600}
        queue = await value(queues.update(made["id"], **account, queue_name="work", settings=settings))
        assert queue.settings.message_retention_period == 3600

    async def edit():
        queue = await value(queues.edit(made["id"], **account, settings={"message_retention_period": 7200}))
        assert (queue.queue_name, queue.settings.message_retention_period) == ("work", 7200)

    async def create_consumer():
        settings = {"batch_size": 10, "max_retries": 2, "retry_delay": 0, "visibility_timeout_ms": 60000}
        consumer = await value(
            consumers.create(made["id"], **account, type="http_pull", dead_letter_queue="dead", settings=settings)
        )
        assert consumer.type == "http_pull"
        assert consumer.settings.visibility_timeout_ms == 60000
        made["consumer"] = consumer.consumer_id

    async def list_consumers():
        # In 4.x the method of this path is called get, and unwraps the list.
        found = await value(consumers.get(made["id"], **account)) if MAJOR < 5 else await items(consumers.list(made["id"], **account))
        found = found if isinstance(found, list) else await items(found)
        assert [consumer.consumer_id for consumer in found] == [made["consumer"]]

    async def get_consumer():
        consumer = await value(consumers.get(made["consumer"], **account, queue_id=made["id"]))
        assert consumer.type == "http_pull"

    async def update_consumer():
        settings = {"batch_size": 5, "max_retries": 1, "retry_delay": 0, "visibility_timeout_ms": 60000}
        consumer = await value(
            consumers.update(made["consumer"], **account, queue_id=made["id"], type="http_pull", settings=settings)
        )
        assert consumer.consumer_id == made["consumer"]
        assert consumer.settings.batch_size == 5

    async def push():
        await value(messages.push(made["id"], **account, body={"n": 1}))
        await value(messages.push(made["id"], **account, body="two", content_type="text", delay_seconds=0))

    async def push_batch():
        batch = [{"body": {"n": 3}}, {"body": "four", "content_type": "text"}]
        await value(messages.bulk_push(made["id"], **account, messages=batch))

    async def metrics():
        assert (await value(queues.get_metrics(made["id"], **account))).backlog_count == 4

    async def pull():
        first, second = await pulled(batch_size=2, visibility_timeout_ms=60000)
        assert decoded(first) == {"n": 1}
        assert second.body == "two"
        retries = [{"lease_id": message.lease_id} for message in (first, second)]
        await value(messages.ack(made["id"], **account, retries=retries))

    async def ack():
        first, *rest = await pulled(batch_size=10)
        assert len(rest) == 3
        answer = await value(
            messages.ack(
                made["id"],
                **account,
                acks=[{"lease_id": message.lease_id} for message in rest],
                retries=[{"lease_id": first.lease_id, "delay_seconds": 0}],
            )
        )
        assert (answer.ack_count, answer.retry_count) == (3, 1), answer

    async def peek():
        made["refs"] = [{"ref": message.ref} for message in (await value(messages.peek(made["id"], **account))).messages]
        assert len(made["refs"]) == 1

    async def purge_messages():
        assert (await value(messages.purge(made["id"], **account, refs=made["refs"]))).warnings == {}
        assert (await value(messages.peek(made["id"], **account))).messages == []

    async def purge():
        await value(messages.push(made["id"], **account, body="gone", content_type="text"))
        await value(queues.purge.start(made["id"], **account, delete_messages_permanently=True))
        assert await pulled() == []

    async def purge_status():
        assert (await value(queues.purge.status(made["id"], **account))).completed == "true"

    async def subscribe():
        destination = {"type": "queues.queue", "queue_id": made["id"]}
        subscription = await value(
            queues.subscriptions.create(
                **account, name="files", enabled=True, source={"type": "r2"}, destination=destination, events=["created"]
            )
        )
        assert subscription.source.type == "r2"
        made["subscription"] = subscription.id

    async def list_subscriptions():
        found = await items(queues.subscriptions.list(**account))
        assert [each.id for each in found] == [made["subscription"]]

    async def get_subscription():
        assert (await value(queues.subscriptions.get(made["subscription"], **account))).name == "files"

    async def update_subscription():
        assert (await value(queues.subscriptions.update(made["subscription"], **account, enabled=False))).enabled is False

    async def delete_subscription():
        assert (await value(queues.subscriptions.delete(made["subscription"], **account))).id == made["subscription"]

    await run("queues-create", create)
    await run("queues-list", list_queues)
    await run("queues-get", get)
    await run("queues-update", update)
    await run("queues-update-partial", edit)
    await run("queues-create-consumer", create_consumer)
    await run("queues-list-consumers", list_consumers)
    if MAJOR >= 5:
        await run("queues-get-consumer", get_consumer)
    await run("queues-update-consumer", update_consumer)
    await run("queues-push-message", push)
    await run("queues-push-messages", push_batch)
    if hasattr(queues, "get_metrics"):
        await run("queues-get-metrics", metrics)
    await run("queues-pull-messages", pull)
    await run("queues-ack-messages", ack)
    if hasattr(messages, "peek"):
        await run("queues-peek-messages", peek)
        await run("queues-purge-messages", purge_messages)
    await run("queues-purge", purge)
    await run("queues-purge-get", purge_status)
    if hasattr(queues, "subscriptions"):
        await run("subscriptions-create", subscribe)
        await run("subscriptions-list", list_subscriptions)
        await run("subscriptions-get", get_subscription)
        await run("subscriptions-patch", update_subscription)
        await run("subscriptions-delete", delete_subscription)
    return made


async def lookups(run, sdk):
    async def accounts():
        assert [account.id for account in await items(sdk.accounts.list())] == [ACCOUNT_ID]

    async def account():
        assert (await value(sdk.accounts.get(account_id=ACCOUNT_ID))).id == ACCOUNT_ID

    async def memberships():
        assert [membership.account.id for membership in await items(sdk.memberships.list())] == [ACCOUNT_ID]

    async def user_token():
        assert (await value(sdk.user.tokens.verify())).status == "active"

    async def account_token():
        assert (await value(sdk.accounts.tokens.verify(account_id=ACCOUNT_ID))).status == "active"

    await run("accounts-list", accounts)
    await run("accounts-get", account)
    await run("memberships-list", memberships)
    await run("user-tokens-verify", user_token)
    await run("account-api-tokens-verify-token", account_token)


async def failures(run, sdk, made):
    queue_id = made["id"]
    account = {"account_id": ACCOUNT_ID}
    queues = sdk.queues
    messages = queues.messages
    stranger = client(api_token="wrong")

    async def bad_request():
        bad = cloudflare.BadRequestError
        await failure(lambda: queues.create(**account, queue_name="no good"), bad, 400, 11003)
        await failure(lambda: queues.create(**account, queue_name="work"), bad, 400, 11009)
        await failure(lambda: messages.bulk_push(queue_id, **account, messages=[]), bad, 400, 10207)

    async def not_found():
        await failure(lambda: queues.get(UNKNOWN_ID, **account), cloudflare.NotFoundError, 404, 11000)
        await failure(lambda: messages.push(UNKNOWN_ID, **account, body=1), cloudflare.NotFoundError, 404, 10104)

    async def not_allowed():
        bare = await value(queues.create(**account, queue_name="bare"))
        await failure(lambda: messages.pull(bare.queue_id, **account), cloudflare.APIStatusError, 405, 10405)

    async def conflict():
        await value(queues.edit(queue_id, **account, settings={"delivery_paused": True}))
        before = requests_made()
        paused = client(max_retries=2).queues.messages
        await failure(lambda: paused.pull(queue_id, **account), cloudflare.ConflictError, 409, 10252)
        assert requests_made() == before + 1, "it is not repeated"
        await value(queues.edit(queue_id, **account, settings={"delivery_paused": False}))

    async def too_large():
        push = lambda: messages.push(queue_id, **account, body="x" * 128_001, content_type="text")
        await failure(push, cloudflare.APIStatusError, 413, 10204)

    async def overloaded():
        push = lambda sdk: sdk.queues.messages.push(queue_id, **account, body="x" * 120_000, content_type="text")
        await value(push(sdk))
        await value(push(sdk))
        before = requests_made()
        await failure(lambda: push(client(max_retries=1)), cloudflare.RateLimitError, 429, 10251)
        assert requests_made() == before + 2, "it is repeated"
        leased = (await value(messages.pull(queue_id, **account, batch_size=10))).messages
        await value(messages.ack(queue_id, **account, acks=[{"lease_id": message.lease_id} for message in leased]))
        await value(push(sdk))

    async def internal():
        respond(500)
        await failure(lambda: queues.get(queue_id, **account), cloudflare.InternalServerError, 500, 15000)
        respond(500)
        before = requests_made()
        await value(client(max_retries=2).queues.get(queue_id, **account))
        assert requests_made() == before + 2, "it is repeated"

    async def no_connection():
        closed = client(base_url=CLOSED_URL).queues
        await failure(lambda: closed.get(queue_id, **account), cloudflare.APIConnectionError)

    async def timeout():
        silence()
        impatient = client(timeout=0.2).queues
        await failure(lambda: impatient.get(queue_id, **account), cloudflare.APITimeoutError)

    denied = cloudflare.PermissionDeniedError
    await run("failure 400", bad_request)
    await run("failure 401", lambda: failure(stranger.user.tokens.verify, cloudflare.AuthenticationError, 401, 1000))
    await run("failure 403", lambda: failure(lambda: stranger.queues.get(queue_id, **account), denied, 403, 10000))
    await run("failure 404", not_found)
    await run("failure 405", not_allowed)
    await run("failure 409", conflict)
    await run("failure 413", too_large)
    await run("failure 429", overloaded)
    await run("failure 500", internal)
    await run("failure no connection", no_connection)
    await run("failure timeout", timeout)


async def deletions(run, sdk, made):
    account = {"account_id": ACCOUNT_ID}

    async def delete_consumer():
        await value(sdk.queues.consumers.delete(made["consumer"], **account, queue_id=made["id"]))
        assert (await value(sdk.queues.get(made["id"], **account))).consumers_total_count == 0

    async def delete():
        await value(sdk.queues.delete(made["id"], **account))
        await failure(lambda: sdk.queues.get(made["id"], **account), cloudflare.NotFoundError, 404, 11000)

    await run("queues-delete-consumer", delete_consumer)
    await run("queues-delete", delete)


async def main():
    version = VERSION if MODE == "sync" else f"{VERSION} async"
    run = Cases(client="PyPI cloudflare", version=version).run
    sdk = client()
    made = await operations(run, sdk)
    await lookups(run, sdk)
    await failures(run, sdk, made)
    await deletions(run, sdk, made)


asyncio.run(main())
