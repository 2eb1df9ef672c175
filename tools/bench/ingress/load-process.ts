// A process of its own, so that sending costs the measured service no time on its event loop.
import { sendLoad, type LoadOrder } from './load.ts';
import { signedWebhooks } from './signed-webhooks.ts';

/** More than can be under way, few enough to stay in the processor's caches as one webhook after the other would. */
const DIFFERENT_WEBHOOKS = 2_000;

process.on('message', (order: LoadOrder) => {
  sendLoad(order, signedWebhooks(DIFFERENT_WEBHOOKS, order.secret)).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
process.once('disconnect', () => process.exit());
