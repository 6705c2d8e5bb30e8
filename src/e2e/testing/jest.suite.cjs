const { startSluice } = require('@sluice/testing');

let sluice;
beforeAll(async () => {
  sluice = await startSluice({ queues: ['orders'] });
}, 300_000);
beforeEach(() => sluice.reset());
afterAll(() => sluice?.stop());

for (const round of [1, 2]) {
  test(`round ${round} finds the queue empty`, async () => {
    await sluice.queue('orders').push({ round });
    const messages = await sluice.queue('orders').drain({ atLeast: 1 });
    expect(messages.map(({ body }) => body)).toEqual([{ round }]);
    await sluice.queue('orders').push('left behind');
  });
}
