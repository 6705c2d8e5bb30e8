/** An unmodified Worker that fails at the first delivery as its messages say. GET / shows what it was given. */
const given = [];

export default {
  fetch() {
    return Response.json(given);
  },

  async queue(batch) {
    const [{ attempts, body }] = batch.messages;
    for (const message of batch.messages) given.push(`${message.body.fault} ${message.body.number} attempt ${message.attempts}`);
    if (attempts > 1) return;
    switch (body.fault) {
      case 'throw':
        throw new Error('this Worker fails');
      case 'throw-halfway':
        batch.messages[0].ack();
        batch.messages[1].retry({ delaySeconds: 1 });
        throw new Error('this Worker fails');
      case 'retry-all':
        batch.messages[0].ack();
        batch.retryAll({ delaySeconds: 1 });
        break;
      case 'ack-all':
        batch.messages[0].retry();
        batch.ackAll();
        break;
      default:
        throw new Error(`unknown fault ${body.fault}`);
    }
  },
};
