import { withQueues } from '@sluice/workers';

/** A Worker that fails as the body of its first message says, and succeeds later. GET / shows what it did. */
const done = [];

export default withQueues(
  {
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/garbage') return garbage();
      return Response.json(done);
    },

    async queue(batch, env) {
      const [{ attempts, body }] = batch.messages;
      done.push(`${body.fault} ${attempts}`);
      if (body.fault === 'throw' && attempts < 3) throw new Error('this Worker fails');
      if (body.fault === 'hang' && attempts === 1) await scheduler.wait(3_600_000);
      if (body.fault === 'die' && env.DIES) {
        for (const message of batch.messages.slice(0, 5)) message.ack();
        console.log(`in the middle of ${batch.messages.length} messages`);
        await scheduler.wait(3_600_000);
      }
    },
  },
  { key: (env) => env.SLUICE_KEY },
);

let calls = 0;

/** Responses that Sluice must not take for an acknowledgement, then one that it may. */
function garbage() {
  const json = { headers: { 'content-type': 'application/json' } };
  const responses = [
    () => new Response('{"retries":[{"id":"unknown"}]}', json),
    () => new Response('{"acks":[', json),
    () => new Response('[]', json),
    () => new Response(`{"x":"${'y'.repeat(1 << 20)}"}`, json),
    () => Response.redirect('http://127.0.0.1:1/', 307),
    () => new Response('', { status: 500 }),
    () => new Response('{"acks":[],"retries":[]}', json),
  ];
  const response = responses[Math.min(calls++, responses.length - 1)]();
  done.push(`garbage ${response.status}`);
  return response;
}
