import { TOPICS } from '@heliograph/contracts';
import type { ServiceAddress, Stack } from './stack-file.ts';

/** What to do with a running stack, ready to be copied. */
export function hints(stack: Stack): string {
  const { api, simulator, kafka, services, accounts, namespace } = stack;
  const account = accounts[0];
  const support = account?.senders.find(({ channel }) => channel === 'whatsapp');
  const customer = '+15550001234';
  const received = JSON.stringify({
    from: `whatsapp:${customer}`,
    to: `whatsapp:${support?.address}`,
    text: 'Where is my order?',
  });
  const send = JSON.stringify({ channel: 'whatsapp', sender: support?.name, to: customer, text: 'On its way.' });
  const json = `-H 'content-type: application/json'`;
  return `
A customer writes:
  curl -s ${simulator.control}/accounts/${account?.id}/customer-messages ${json} -d '${received}'
Answer, within 24 hours of that:
  curl -s ${api.address}/v1/messages -H 'authorization: Bearer ${api.key}' -H 'idempotency-key: first' ${json} -d '${send}'

API page    ${api.address}/docs
Simulator   ${simulator.address}
Metrics     ${services
    .filter(hasMetrics)
    .map(({ address }) => `${address}/metrics`)
    .join(' ')}
Timeline    kcat -b ${kafka.brokers.join(',')} -C -t ${namespace}${TOPICS.conversationTimeline.name} -o beginning -f '%k %s\\n'
Logs        ${stack.logs}
`;
}

/** The simulator stands for somebody else's system and reports nothing of ours. */
function hasMetrics({ name }: ServiceAddress): boolean {
  return name !== 'provider-simulator';
}
