import type { SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { SendingAccount } from '../accounts/sending-account.ts';
import type { RouteStore } from '../routes/route.store.ts';
import type { LookUp } from './effect.ts';
import type { SettledSend } from './settled-send.ts';

/** How it can be found out whether a message arrived: by a receipt with our reference, or by asking, where that is offered. */
export function messageLookUp(
  job: { readonly command: SendMessage; readonly delivery: Delivery; readonly sending: SendingAccount },
  routes: RouteStore,
  providerConversationId: string,
  settled: (providerMessageId: string) => SettledSend,
): LookUp {
  const { command, delivery, sending } = job;
  const request = { providerConversationId, reference: command.messageId };
  const receipt = async () => {
    const id = await routes.receiptOf(delivery, command);
    return id === undefined ? undefined : settled(id);
  };
  return {
    ...(sending.receiptsCarryReference && { receipt }),
    ask: (client) => {
      if (!client.lookUpMessage) return undefined;
      return async (options) => {
        const result = await client.lookUpMessage!(request, options);
        if (result.outcome !== 'ok') return result;
        return { ...result, value: result.value.found ? settled(result.value.providerMessageId) : undefined };
      };
    },
  };
}
