<?php

// Guzzle, as PHP applications use it, and the form of requests of Laravel's drivers.

declare(strict_types=1);

require_once 'GuzzleHttp/autoload.php';

use GuzzleHttp\Client;
use GuzzleHttp\ClientInterface;
use GuzzleHttp\Exception\ClientException;
use GuzzleHttp\Exception\ServerException;

const GROUP = 'HTTP clients, PHP';

/** Runs a case and prints it as a line. It has passed if the action returns. */
function runCase(string $client, string $operation, callable $action): void
{
    $line = ['client' => $client, 'group' => GROUP, 'operation' => $operation, 'outcome' => 'passed'];
    try {
        $action();
    } catch (Throwable $failure) {
        $line = array_merge($line, ['outcome' => 'failed', 'detail' => (string) $failure]);
    }
    echo json_encode($line, JSON_THROW_ON_ERROR), "\n";
}

function same(mixed $expected, mixed $actual): void
{
    if ($expected !== $actual) {
        throw new RuntimeException(json_encode($actual) . ' instead of ' . json_encode($expected));
    }
}

/** The exception of this class that the action must end with. */
function thrown(string $class, callable $action): ClientException|ServerException
{
    try {
        $action();
    } catch (ClientException|ServerException $failure) {
        same($class, $failure::class);
        return $failure;
    }
    throw new RuntimeException("no $class");
}

/** The next requests get this status. */
function respond(int $status, int $times): void
{
    (new Client())->post(getenv('SLUICE_FAULTS_URL') . "/respond?status=$status&times=$times");
}

final class Queue
{
    private readonly Client $client;
    private readonly string $path;

    public function __construct(string $name)
    {
        $this->client = new Client([
            'base_uri' => getenv('SLUICE_BASE_URL') . '/accounts/' . getenv('SLUICE_ACCOUNT_ID') . '/',
            'headers' => ['Authorization' => 'Bearer ' . getenv('SLUICE_TOKEN')],
        ]);
        $this->path = 'queues/' . $this->send('POST', 'queues', ['queue_name' => $name])['queue_id'];
        $this->post('consumers', ['type' => 'http_pull']);
    }

    public function post(string $path, array $body): array
    {
        return $this->send('POST', "$this->path/$path", $body);
    }

    public function pause(bool $paused): void
    {
        $this->send('PATCH', $this->path, ['settings' => ['delivery_paused' => $paused]]);
    }

    public function push(string $text): array
    {
        return $this->post('messages', ['body' => $text, 'content_type' => 'text']);
    }

    public function pull(): array
    {
        return $this->post('messages/pull', ['batch_size' => 10, 'visibility_timeout_ms' => 60000])['messages'];
    }

    public function ack(array $messages): array
    {
        $acks = array_map(fn (array $message): array => ['lease_id' => $message['lease_id']], $messages);
        return $this->post('messages/ack', ['acks' => $acks]);
    }

    private function send(string $method, string $path, array $body): array
    {
        $response = $this->client->request($method, $path, ['json' => $body]);
        $document = json_decode((string) $response->getBody(), true, flags: JSON_THROW_ON_ERROR);
        same(true, $document['success']);
        return $document['result'] ?? [];
    }
}

function codeOf(ClientException|ServerException $failure): array
{
    $body = json_decode((string) $failure->getResponse()->getBody(), true, flags: JSON_THROW_ON_ERROR);
    return [$failure->getResponse()->getStatusCode(), $body['errors'][0]['code']];
}

$guzzle = 'Guzzle ' . ClientInterface::MAJOR_VERSION;
$queue = new Queue('guzzle');
$messages = [];
runCase($guzzle, 'push', fn () => $queue->push('hello'));
runCase($guzzle, 'pull', function () use ($queue, &$messages): void {
    $messages = $queue->pull();
    same(['hello'], array_column($messages, 'body'));
});
runCase($guzzle, 'ack', function () use ($queue, &$messages): void {
    same(1, $queue->ack($messages)['ackCount']);
});
runCase($guzzle, 'failure 409', function () use ($queue): void {
    $queue->pause(true);
    $failure = thrown(ClientException::class, fn () => $queue->pull());
    $queue->pause(false);
    same([409, 10252], codeOf($failure));
});
runCase($guzzle, 'failure 429', function () use ($queue): void {
    $queue->push(str_repeat('x', 120_000));
    $queue->push(str_repeat('x', 120_000));
    $failure = thrown(ClientException::class, fn () => $queue->push(str_repeat('x', 120_000)));
    same([429, 10251], codeOf($failure));
    same('1', $failure->getResponse()->getHeaderLine('Retry-After'));
    $queue->ack($queue->pull());
    $queue->push('again');
});
runCase($guzzle, 'failure 500', function () use ($queue): void {
    respond(500, 1);
    same([500, 15000], codeOf(thrown(ServerException::class, fn () => $queue->push('twice'))));
    $queue->push('twice');
});

// visibility_timeout without its unit, and one list of an acknowledgement at a time.
$laravel = 'form of Laravel drivers';
$queue = new Queue('laravel');
$pull = fn (): array => $queue->post('messages/pull', ['batch_size' => 1, 'visibility_timeout' => 10000])['messages'];
$job = json_encode(['uuid' => '1', 'job' => 'Illuminate\Queue\CallQueuedHandler@call', 'data' => []]);
runCase($laravel, 'push', fn () => $queue->post('messages', ['body' => $job, 'content_type' => 'text', 'delay_seconds' => 0]));
runCase($laravel, 'pull', function () use ($pull, $job, &$messages): void {
    $messages = $pull();
    same([$job], array_column($messages, 'body'));
    same([], $pull());
});
runCase($laravel, 'retry', function () use ($queue, $pull, &$messages): void {
    $queue->post('messages/ack', ['retries' => [['lease_id' => $messages[0]['lease_id'], 'delay_seconds' => 0]]]);
    $messages = $pull();
    same(2, $messages[0]['attempts']);
});
runCase($laravel, 'ack', function () use ($queue, &$messages): void {
    same(1, $queue->post('messages/ack', ['acks' => [['lease_id' => $messages[0]['lease_id']]]])['ackCount']);
});
