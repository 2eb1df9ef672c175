/** A command that the driver got accepted. */
export interface CommandIn {
  /** What it says, unique in the run: the provider's log shows it. */
  readonly name: string;
  readonly messageId: string;
  /** Its conversation: commands of one are accepted one after the other. */
  readonly contact: string;
  /** From 0, within its conversation. */
  readonly place: number;
}

/** An event the provider told by webhook, from its own log. */
export interface EventIn {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly status?: string;
  /** The provider's. */
  readonly conversationId: string;
  readonly messageId?: string;
  readonly emittedAt: number;
  readonly acknowledgements: number;
  readonly acknowledgedAt?: number;
}

/** A request of ours as it arrived at the provider, from its own log. */
export interface ArrivalIn {
  readonly seq: number;
  readonly at: number;
  /** Where it came from on this machine. */
  readonly port: number;
  readonly status: number;
  readonly accepted: boolean;
  readonly text?: string;
  /** Name of the template that is sent. */
  readonly template?: string;
}

/** A record of `conversation.timeline` as it was read, in the order of its partition; redeliveries included. */
export interface EntryOut {
  readonly conversationId: string;
  readonly sequence: number;
  readonly factId: string;
  readonly kind: string;
  readonly fact: Readonly<Record<string, unknown>>;
  /** What it says of a campaign's message. */
  readonly campaign?: { readonly messageId: string; readonly reply?: boolean; readonly optOut?: boolean };
}

/** What a record on a dead letter topic is about. */
export interface DeadLetter {
  readonly eventId?: string;
  readonly messageId?: string;
  readonly providerMessageId?: string;
}

/** A process that was frozen for longer than its session and has just been woken. */
export interface Waking {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** From which it was connected to the provider while it was frozen. */
  readonly ports: ReadonlySet<number>;
}

/** Everything that is known of a row, and nothing of it from the services. */
export interface Evidence {
  readonly commands: readonly CommandIn[];
  readonly events: readonly EventIn[];
  /** Whether the provider told the events of a conversation one after the other, each when the one before was acknowledged. */
  readonly toldInOrder: boolean;
  readonly arrivals: readonly ArrivalIn[];
  readonly entries: readonly EntryOut[];
  readonly deadLetters: readonly DeadLetter[];
  readonly wakings: readonly Waking[];
}

/** What became of the records of a row, and what went wrong with them. */
export interface Tally {
  /** Acknowledged deliveries of events, and accepted commands. */
  in: number;
  /** Events whose fact is on the timeline; commands that the provider has and whose fact says so. */
  done: number;
  /** Further deliveries of an event, receipts that say nothing new; commands refused, suppressed or reported as unresolved. */
  skipped: number;
  dead: number;
  /** In and none of the above. */
  lost: number;
  /** One effect too many that no fact admits. */
  repeatedSilent: number;
  /** Messages that arrived more than once and whose fact says so. */
  repeatedMarked: number;
  swapped: number;
  /** Of the skipped: commands of which nobody knows whether they arrived, as their fact says. */
  unresolved: number;
  /** Messages reported as failed that the provider has taken. */
  contradicted: number;
  /** Numbers of the timeline that are missing or were given to two facts. */
  misnumbered: number;
  /** Requests that a frozen process sent after waking: begun before it froze, so no rule could stop them. */
  sentAfterWaking: number;
  /** What else a row promises and was not kept: limits, waits, what an upload answered. */
  unkept: number;
  /** 429 answers. */
  throttled: number;
  /** What went wrong, for people: the first ones of each kind. */
  findings: string[];
}

/** So many of each kind are shown. */
const MOST_FINDINGS = 5;

/** What one of the judges adds to the tally. */
export type Part = Partial<Omit<Tally, 'findings'>> & { readonly findings?: readonly string[] };

const NOTHING: Omit<Tally, 'findings'> = {
  in: 0,
  done: 0,
  skipped: 0,
  dead: 0,
  lost: 0,
  repeatedSilent: 0,
  repeatedMarked: 0,
  swapped: 0,
  unresolved: 0,
  contradicted: 0,
  misnumbered: 0,
  sentAfterWaking: 0,
  unkept: 0,
  throttled: 0,
};

export function sumOf(parts: readonly Part[]): Tally {
  const tally: Tally = { ...NOTHING, findings: [] };
  for (const { findings = [], ...counts } of parts) {
    for (const [name, count] of Object.entries(counts)) tally[name as keyof typeof NOTHING] += count;
    tally.findings.push(...findings);
  }
  return { ...tally, findings: fewOfEachKind(tally.findings) };
}

/** A finding begins with its kind, up to the first colon. */
function fewOfEachKind(findings: readonly string[]): string[] {
  const kinds = Map.groupBy(findings, (finding) => finding.split(':', 1)[0]!);
  return [...kinds].flatMap(([kind, all]) => {
    const more = all.length - MOST_FINDINGS;
    return more > 0 ? [...all.slice(0, MOST_FINDINGS), `${kind}: and ${more} more`] : all;
  });
}

/** Findings of one kind. */
export function named(what: string, items: readonly string[]): string[] {
  return items.map((item) => `${what}: ${item}`);
}
