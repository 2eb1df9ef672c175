import { integer, object, oneOf, optional, text } from '../check/check.ts';
import type { RequestRecord } from '../evidence/request-log.ts';
import { summarise } from '../evidence/summary.ts';
import type { EventRecord } from '../webhooks/event-log.ts';
import type { World } from '../world/world.ts';
import { Lines, type ControlCall, type ControlRoute } from './control-call.ts';

const flag = optional(oneOf('true', 'false'));
const digits = optional(text({ pattern: /^\d{1,15}$/, like: 'a whole number' }));

const requestQuery = object({
  account: optional(text()),
  method: optional(text()),
  /** The whole path. */
  path: optional(text()),
  status: digits,
  conversationId: optional(text()),
  template: optional(text()),
  accepted: flag,
  limited: flag,
  /** Only accepted messages. */
  messages: flag,
  /** Records behind this `seq`. */
  after: digits,
});

const eventQuery = object({
  account: optional(text()),
  type: optional(text()),
  conversationId: optional(text()),
  template: optional(text()),
  acknowledged: flag,
  after: digits,
});

/** Reads the logs as NDJSON, oldest first, and what they add up to. */
export const evidenceRoutes: ControlRoute[] = [
  { method: 'GET', path: '/requests', handle: ({ world, incoming }) => requests(world, incoming.query) },
  { method: 'GET', path: '/events', handle: ({ world, incoming }) => events(world, incoming.query) },
  { method: 'GET', path: '/summary', handle: summary },
  { method: 'GET', path: '/state', handle: ({ world }) => counters(world) },
];

function requests(world: World, query: unknown): Lines {
  const { account, method, path, status, conversationId, template, accepted, limited, messages, after } = requestQuery(
    query,
    '',
  );
  const wanted = (record: RequestRecord) =>
    (after === undefined || record.seq > Number(after)) &&
    is(account, record.account) &&
    is(method, record.method) &&
    is(path, record.path) &&
    is(status, String(record.status)) &&
    is(conversationId, record.conversationId) &&
    is(template, record.template) &&
    is(accepted, String(record.accepted)) &&
    is(limited, String(record.limited)) &&
    is(messages, String(record.accepted && record.messageId !== undefined));
  return new Lines(ndjson(world.requests.records(), wanted));
}

function events(world: World, query: unknown): Lines {
  const { account, type, conversationId, template, acknowledged, after } = eventQuery(query, '');
  const wanted = (record: EventRecord) =>
    (after === undefined || record.seq > Number(after)) &&
    is(account, record.account) &&
    is(type, record.type) &&
    is(conversationId, record.conversationId) &&
    is(template, record.template) &&
    is(acknowledged, String(record.acknowledgedAt !== undefined));
  return new Lines(ndjson(world.events.records(), wanted));
}

function is(wanted: string | undefined, actual: string | undefined): boolean {
  return wanted === undefined || wanted === actual;
}

/** Lines in chunks of about 64 kB: one write per line would take most of the time. */
function* ndjson<T>(records: Iterable<T>, wanted: (record: T) => boolean): Generator<string> {
  let chunk = '';
  for (const record of records) {
    if (!wanted(record)) continue;
    chunk += `${JSON.stringify(record)}\n`;
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

function summary({ world, incoming }: ControlCall): object {
  const { periodMs } = object({ periodMs: digits })(incoming.query, '');
  const given = periodMs === undefined ? undefined : integer({ min: 1 })(Number(periodMs), 'periodMs');
  const period = (account: string) => given ?? world.principal(account)?.periodMs ?? 60_000;
  const limits = (account: string) => world.accounts.get(account)?.settings.limits;
  return { dropped: world.requests.dropped, accounts: summarise(world.requests, period, limits) };
}

/** Counters only: cheap to ask for often. */
export function counters(world: World): object {
  const accounts = [...world.accounts.values()].map(({ id, conversations }) => {
    const requests = world.requests.counters(id);
    return [id, { requests, events: world.events.counters(id), conversations: conversations.size }] as const;
  });
  return {
    clockOffsetMs: world.clock.offsetMs,
    dropped: { requests: world.requests.dropped, events: world.events.dropped },
    accounts: Object.fromEntries(accounts),
    crm: {
      requests: world.requests.counters('crm'),
      contacts: world.crm.contacts.size,
      activities: world.crm.activities.size,
    },
  };
}
