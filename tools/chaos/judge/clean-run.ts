import type { ArrivalIn, CommandIn, EntryOut, EventIn, Evidence } from './evidence.ts';

const CONTACTS = 3;
const PLACES = 4;

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] extends readonly (infer Item)[] ? Item[] : T[Field] };

/** A small run in which nothing went wrong, for specs to plant a violation in: three customers, four messages each way. */
export function cleanRun(): Mutable<Evidence> {
  const run: Mutable<Evidence> = {
    commands: [],
    events: [],
    toldInOrder: true,
    arrivals: [],
    entries: [],
    deadLetters: [],
    wakings: [],
  };
  for (let contact = 0; contact < CONTACTS; contact++) {
    for (let place = 0; place < PLACES; place++) {
      add(run, command(`c${contact}`, place), event(run, contact, place));
    }
  }
  return run;
}

function command(contact: string, place: number): CommandIn {
  return { name: `${contact}/${place}`, messageId: `message ${contact}/${place}`, contact, place };
}

function event({ events }: Mutable<Evidence>, contact: number, place: number): EventIn {
  const seq = events.length + 1;
  const told = { seq, id: `event ${seq}`, type: 'message', conversationId: `provider ${contact}` };
  return {
    ...told,
    messageId: `said ${contact}/${place}`,
    emittedAt: 10 * seq,
    acknowledgements: 1,
    acknowledgedAt: 10 * seq + 5,
  };
}

function add(run: Mutable<Evidence>, sent: CommandIn, told: EventIn): void {
  run.commands.push(sent);
  run.events.push(told);
  run.arrivals.push(arrival(run, sent.name));
  const sentFact = { messageId: sent.messageId, possiblyRepeated: false };
  run.entries.push(entry(run, sent.contact, 'message.received', { providerMessageId: told.messageId }));
  run.entries.push(entry(run, sent.contact, 'message.sent', sentFact));
}

/** One more accepted request for a message. */
export function arrival(
  { arrivals }: Pick<Evidence, 'arrivals'>,
  text: string,
  over: Partial<ArrivalIn> = {},
): ArrivalIn {
  const seq = arrivals.length + 1;
  return { seq, at: 1_000 * seq, port: 40_000, status: 201, accepted: true, text, ...over };
}

/** The next entry of a conversation. */
export function entry(
  { entries }: Pick<Evidence, 'entries'>,
  conversationId: string,
  kind: string,
  fact: Record<string, unknown>,
): EntryOut {
  const sequence = entries.filter((other) => other.conversationId === conversationId).length + 1;
  return { conversationId, sequence, factId: `fact ${conversationId} ${sequence}`, kind, fact };
}
