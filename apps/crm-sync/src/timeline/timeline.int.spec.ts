import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, TOPICS } from '@heliograph/contracts';
import { Log, type RunningService } from '@heliograph/runtime';
import { readAll, testKafkaBrokers, uniqueNamespace, waitFor } from '@heliograph/testing';
import { CrmStandIn, type Arrival } from '../../test/crm-stand-in.ts';
import { Conversation, PARTITIONS, TimelineWriter } from '../../test/timeline.ts';
import { CrmSyncConfig } from '../config.ts';
import { startCrmSync } from '../service.ts';
import { SUBJECTS } from '../../test/subjects.ts';

const namespace = uniqueNamespace('crm-sync');
const ATTEMPTS = 3;
const KEY = 'key-0123456789abcdef';

let crm: CrmStandIn;
let service: RunningService;
let timeline: TimelineWriter;

function start(over: Partial<CrmSyncConfig> = {}): Promise<RunningService> {
  const config = Object.assign(new CrmSyncConfig(), {
    kafkaBrokers: testKafkaBrokers(),
    namespace,
    conversationPartitions: PARTITIONS,
    heartbeatMs: 200,
    crmUrl: `${crm.url}/`,
    crmApiKey: KEY,
    consentKey: 'a key of thirty-two bytes or more',
    // The stand-in has no users.
    crmChangesMs: 600_000,
    crmTimeoutMs: 1_000,
    crmAttempts: ATTEMPTS,
    ...over,
  });
  return startCrmSync(config, Log.open({ service: 'test', level: 'silent' }));
}

const deadLetters = async () => {
  const topic = namespace + deadLetterTopic(TOPICS.conversationTimeline, 'crm-sync').name;
  return readAll(testKafkaBrokers(), topic);
};

/** Waits until the CRM has taken exactly these sequences of a conversation, in this order. */
async function taken({ id }: Conversation, sequences: number[]): Promise<void> {
  const last = sequences.at(-1);
  await waitFor(() => crm.taken(id).at(-1) === last, { description: `entry ${last} is in the CRM`, timeoutMs: 20_000 });
  expect(crm.taken(id)).toEqual(sequences);
}

/** Hits the requests that concern an entry of a conversation. */
const of =
  ({ id }: Conversation, sequence: number) =>
  ({ fields }: Arrival) =>
    fields.conversationId === id && fields.sequence === sequence;

beforeAll(async () => {
  crm = await CrmStandIn.start();
  service = await start();
  timeline = new TimelineWriter(namespace);
}, 60_000);

afterEach(() => {
  crm.fault = () => undefined;
});

afterAll(async () => {
  await timeline.close();
  await service.stop();
  await crm.close();
});

describe('a timeline', () => {
  it('is in the CRM: each contact once and first, then one activity per entry, in order', async () => {
    const conversations = Array.from({ length: 40 }, () => new Conversation());
    for (let round = 0; round < 5; round++) {
      await timeline.write(...conversations.flatMap((conversation) => conversation.messages(2)));
    }
    for (const conversation of conversations) await taken(conversation, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { who, id } of conversations) {
      const contactId = `acme~whatsapp~${who.contact}`;
      const about = crm.arrivals.filter(
        (one) => one.id === contactId || one.fields.contactId === contactId || one.fields.conversationId === id,
      );
      expect(about.map(({ kind }) => kind)).toEqual(['contacts', ...Array<string>(10).fill('activities')]);
      expect(about[0]!.fields).toEqual({
        ...{ address: who.contact, channel: 'whatsapp', tenant: 'acme' },
        consentSubject: SUBJECTS.of({ tenant: 'acme', channel: 'whatsapp', address: who.contact }),
      });
    }
  });

  it('comes with our key, as JSON, and with the trace it belongs to', async () => {
    const conversation = new Conversation();
    await timeline.write(conversation.says('hello'));
    await taken(conversation, [1]);
    expect(crm.arrivals.find(of(conversation, 1))!.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-/),
    });
  });

  it('says of a redelivered entry what it said before, under the same id', async () => {
    const conversation = new Conversation();
    const entry = conversation.says('once');
    await timeline.write(entry, entry, conversation.says('then'));
    await taken(conversation, [1, 1, 2]);
    const [first, second] = crm.arrivals.filter(of(conversation, 1));
    expect([second!.id, second!.fields]).toEqual([first!.id, first!.fields]);
  });
});

describe('a CRM that', () => {
  it('answers 503 with Retry-After delays only the conversation it answered so, and costs no attempt', async () => {
    const [busy, other] = [new Conversation(), new Conversation()];
    let refusals = 0;
    crm.fault = (arrival) =>
      of(busy, 1)(arrival) && ++refusals <= ATTEMPTS + 1 ? { status: 503, headers: { 'retry-after': '1' } } : undefined;
    await timeline.write(...busy.messages(3));
    await waitFor(() => refusals > 0, { description: 'the first 503' });
    await timeline.write(...other.messages(3));
    await taken(other, [1, 2, 3]);
    expect(crm.taken(busy.id)).toEqual([]);
    await taken(busy, [1, 2, 3]);
    const times = crm.arrivals.filter(of(busy, 1)).map(({ at }) => at);
    expect(times).toHaveLength(ATTEMPTS + 2);
    for (let i = 1; i < times.length; i++) expect(times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(990);
  });

  it('answers 429 is left alone by every conversation until the moment it named, and nothing is lost', async () => {
    const [one, other] = [new Conversation(), new Conversation()];
    let throttledAt = 0;
    crm.fault = (arrival) => {
      if (throttledAt > 0 || !of(one, 1)(arrival)) return undefined;
      throttledAt = Date.now();
      return { status: 429, headers: { 'retry-after': '2' } };
    };
    await timeline.write(...one.messages(2));
    await waitFor(() => throttledAt > 0, { description: 'the 429' });
    await timeline.write(...other.messages(2));
    await taken(one, [1, 2]);
    await taken(other, [1, 2]);
    const after = crm.arrivals.filter(({ at }) => at > throttledAt).map(({ at }) => at - throttledAt);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(1_990);
  });

  it.each<['reset' | 'silence' | { status: number }]>([['reset'], ['silence'], [{ status: 500 }]])(
    'fails with %j gets the same entry again, before the next one of its conversation',
    async (fault) => {
      const conversation = new Conversation();
      let left = ATTEMPTS - 1;
      crm.fault = (arrival) => (of(conversation, 2)(arrival) && left-- > 0 ? fault : undefined);
      await timeline.write(...conversation.messages(3));
      await taken(conversation, [1, 2, 3]);
      const status = typeof fault === 'string' ? 0 : fault.status;
      const failed = Array.from({ length: ATTEMPTS - 1 }, () => [2, status]);
      expect(crm.tries(conversation.id)).toEqual([[1, 201], ...failed, [2, 201], [3, 201]]);
    },
  );

  it('is away, or answers 502, costs no attempt', async () => {
    const conversation = new Conversation();
    let left = ATTEMPTS + 2;
    crm.fault = (arrival) => (of(conversation, 1)(arrival) && left-- > 0 ? { status: 502 } : undefined);
    await timeline.write(...conversation.messages(2));
    await taken(conversation, [1, 2]);
  }, 30_000);

  it('refuses our key gets nothing for a while; everything waits, in order, until it is let in', async () => {
    const [one, other] = [new Conversation(), new Conversation()];
    let left = 2;
    crm.fault = () => (left-- > 0 ? { status: 401, message: 'the API key is not known' } : undefined);
    await timeline.write(...one.messages(3), ...other.messages(3));
    await taken(one, [1, 2, 3]);
    await taken(other, [1, 2, 3]);
  });

  it('lost a contact gets it again, and then the activity', async () => {
    const conversation = new Conversation();
    await timeline.write(...conversation.messages(1));
    await taken(conversation, [1]);
    let removed = true;
    crm.fault = ({ kind, fields }) => {
      if (kind === 'contacts' && fields.address === conversation.who.contact) removed = false;
      return removed && fields.conversationId === conversation.id ? { status: 404 } : undefined;
    };
    await timeline.write(...conversation.messages(1));
    await taken(conversation, [1, 2]);
  });

  it('does not want an entry: it is dead-lettered with the reason and without what was said; the next one follows', async () => {
    const conversation = new Conversation();
    const secret = 'my card number is 4111 1111';
    crm.fault = (arrival) =>
      of(conversation, 2)(arrival)
        ? { status: 422, message: `text: "${secret}" of ${conversation.who.contact} is too long` }
        : undefined;
    await timeline.write(conversation.says('first'), conversation.says(secret), conversation.says('third'));
    await taken(conversation, [1, 3]);
    const [letter, ...others] = (await deadLetters()).filter(({ key }) => key === conversation.id);
    expect(others).toEqual([]);
    expect(letter!.json).toMatchObject({ sequence: 2 });
    const reason = letter!.headers['dead-reason']!;
    expect(reason).toContain('the CRM refuses it: status 422, text:');
    expect(reason).not.toContain('4111');
    expect(reason).not.toContain(conversation.who.contact);
  });

  it('always fails at an entry delays only its conversation, until the entry is dead-lettered', async () => {
    const [failing, other] = [new Conversation(), new Conversation()];
    crm.fault = (arrival) => (of(failing, 1)(arrival) ? { status: 500, message: 'a bug' } : undefined);
    await timeline.write(...failing.messages(2), ...other.messages(5));
    await taken(other, [1, 2, 3, 4, 5]);
    await taken(failing, [2]);
    expect(crm.tries(failing.id)).toEqual([...Array.from({ length: ATTEMPTS }, () => [1, 500]), [2, 201]]);
    const [letter] = (await deadLetters()).filter(({ key }) => key === failing.id);
    expect(letter!.headers['dead-reason']).toContain('the CRM failed: status 500, a bug (after 3 attempts)');
  });
});

describe('a service that stops', () => {
  it('leaves what the CRM has not answered to the next one, in order', async () => {
    const conversation = new Conversation();
    let silent = true;
    crm.fault = (arrival) => (silent && of(conversation, 2)(arrival) ? 'silence' : undefined);
    await service.stop();
    service = await start({ crmTimeoutMs: 60_000, shutdownGraceMs: 2_000 });
    await timeline.write(...conversation.messages(3));
    await waitFor(() => crm.arrivals.some(of(conversation, 2)), { description: 'a write that is not answered' });
    await service.stop();
    silent = false;
    service = await start();
    await taken(conversation, [1, 2, 3]);
    expect(crm.tries(conversation.id)).toEqual([
      [1, 201],
      [2, 0],
      [2, 201],
      [3, 201],
    ]);
  }, 30_000);
});
