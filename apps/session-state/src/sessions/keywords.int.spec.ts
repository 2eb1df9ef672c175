import { ConsentReader } from '@heliograph/consent';
import { ensureTopics } from '@heliograph/kafka';
import { Unavailable } from '@heliograph/runtime';
import { TOPICS, type CloudEvent } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsentBench } from '../../test/consent-bench.ts';
import { ofContact, partiesOfContact, received } from '../../test/fact-builders.ts';
import { SUBJECTS } from '../../test/fold-rules.ts';
import { deliveryOf, PARTITION, type SessionBench } from '../../test/session-bench.ts';

let consent: ConsentBench;
let bench: SessionBench;
beforeAll(async () => {
  consent = await ConsentBench.open();
  bench = consent.sessions;
  await ensureTopics(bench.kafka, [TOPICS.consentCommand]);
});
afterAll(() => consent.close());

const contactOf = (contact: string) => ({
  tenant: 'acme',
  subject: SUBJECTS.of({ tenant: 'acme', channel: 'whatsapp', address: contact }),
});

describe('a STOP', () => {
  // Entries: session.opened, message.received; then the change and the answer; the snapshot.
  it.each([
    { records: 0, lost: false },
    { records: 2, lost: false },
    { records: 3, lost: false },
    { records: 2, lost: true },
    { records: 4, lost: true },
  ])(
    'is asked for once and answered once after a crash behind $records records, Redis lost: $lost; it counts at once',
    async ({ records, lost }) => {
      const contact = `1555060${lost ? 1 : 0}00${records}`;
      const { conversationId } = partiesOfContact(contact);
      const fact = ofContact(contact, received('stop', 0, { content: { type: 'text', text: 'STOP' } }));
      const reader = new ConsentReader(bench.redis, () => PARTITION);
      await consent.fence(1);
      const dying = bench.worker(bench.publisherEndingAfter(records));
      const first = dying.handle(fact, deliveryOf(fact, 0, await bench.fence(1)));
      await expect(first).rejects.toBeInstanceOf(Unavailable);
      expect(await reader.forbids(contactOf(contact), 'transactional')).toMatchObject({
        purpose: 'all',
        source: 'keyword',
      });

      const fence = lost ? await bench.loseAndRebuild(conversationId, 2) : await bench.fence(2);
      await waitFor(async () => (await bench.worker().handle(fact, deliveryOf(fact, 0, fence))).kind !== 'blocked', {
        description: 'it is handled',
      });
      const given = await bench.consentCommands(contactOf(contact).subject);
      expect(new Set(given.map(({ id }) => id)).size).toBe(1);
      for (const change of given) expect(change.data).toEqual(given[0]!.data);
      const replies = await bench.commands(conversationId);
      expect(new Set(replies.map(({ id, data }) => `${id} ${String(data.consentReply)}`)).size).toBe(1);
      const told = (change: CloudEvent) => JSON.stringify(change);
      expect(given.map(told).join('')).not.toContain(contact);
    },
  );
});
