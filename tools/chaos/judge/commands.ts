import {
  named,
  type ArrivalIn,
  type CommandIn,
  type EntryOut,
  type Evidence,
  type Part,
  type Waking,
} from './evidence.ts';
import { swappedOf } from './order.ts';
import { withoutRedeliveries } from './timeline.ts';

/** A transactional message is sent once, and once more when nobody knows what became of that. */
const MOST_SENDS = 2;
/** A woken process sends what it had begun at once; before it can begin anything anew it must have joined its group again. */
const WAKING_MS = 500;
/** How a message ends for good, by its fact; one that was diverted ends as the message that it goes on as. */
const ENDS = new Set(['message.sent', 'message.failed', 'message.unresolved', 'message.suppressed']);
const DIVERTED = 'message.diverted';

/** One command with everything that was found of it. */
interface Followed {
  readonly command: CommandIn;
  /** Of the message, and of those that it goes on as. */
  readonly outcomes: readonly EntryOut[];
  /** Accepted ones, oldest first, without those sent after waking. */
  readonly arrivals: readonly ArrivalIn[];
  /** Accepted ones that a frozen process sent after waking. */
  readonly woken: readonly ArrivalIn[];
  readonly isDead: boolean;
}

/** The command that has ended with this entry, by the id with which it was accepted. */
export function endedBy({ kind, fact }: Pick<EntryOut, 'kind' | 'fact'>): string | undefined {
  return ENDS.has(kind) ? idAsAccepted(fact) : undefined;
}

/** @param of a command, or a fact of its end */
export function idAsAccepted(of: {
  readonly messageId?: unknown;
  readonly divertedFrom?: unknown;
}): string | undefined {
  return (of.divertedFrom ?? of.messageId) as string | undefined;
}

/** Follows every accepted command to the provider's log and to its fact. */
export function judgeCommands(evidence: Evidence): Part[] {
  const entries = withoutRedeliveries(evidence.entries);
  const followed = follow(evidence, entries);
  const parts = followed.map(judgeOne);
  return [...parts, swappedAtProvider(followed), swappedOnTimeline(followed, entries), throttledOf(evidence)];
}

/** What a message says first, by which it is recognised: a template carries it as its first parameter. */
const nameOf = ({ text = '' }: ArrivalIn): string => text.split(' | ')[0]!;

function follow({ commands, arrivals, deadLetters, wakings }: Evidence, entries: readonly EntryOut[]): Followed[] {
  const outcomes = Map.groupBy(entries.filter(isOutcome), ({ fact }) => fact.messageId as string);
  const taken = Map.groupBy(
    arrivals.filter(({ accepted }) => accepted),
    nameOf,
  );
  const dead = new Set(deadLetters.map(({ messageId }) => messageId));
  return commands.map((command) => {
    const all = (taken.get(command.name) ?? []).toSorted((a, b) => a.seq - b.seq);
    const [woken, own] = [true, false].map((wanted) => all.filter((one) => isAfterWaking(one, wakings) === wanted));
    const ids = goesOnAs(command.messageId, outcomes);
    const isDead = ids.some((id) => dead.has(id));
    return { command, outcomes: ids.flatMap((id) => outcomes.get(id) ?? []), arrivals: own!, woken: woken!, isDead };
  });
}

const isOutcome = ({ kind }: EntryOut): boolean => ENDS.has(kind) || kind === DIVERTED;

/** The message, and each one that it goes on as, to the last. */
function goesOnAs(messageId: string, outcomes: ReadonlyMap<string, readonly EntryOut[]>): string[] {
  const ids = new Set([messageId]);
  for (const id of ids) {
    for (const { kind, fact } of outcomes.get(id) ?? []) {
      if (kind === DIVERTED) ids.add((fact.command as { messageId: string }).messageId);
    }
  }
  return [...ids];
}

function isAfterWaking({ at, port }: ArrivalIn, wakings: readonly Waking[]): boolean {
  return wakings.some((waking) => waking.ports.has(port) && at >= waking.at && at < waking.at + WAKING_MS);
}

function judgeOne(followed: Followed): Part {
  return { in: 1, sentAfterWaking: followed.woken.length, ...endOf(followed), ...repeatsOf(followed) };
}

/** A message with one of these was not sent. */
const UNSENT = ['failed', 'suppressed'];
const WITHOUT_EFFECT = [
  ['message.sent', 'lost, though its fact says sent'],
  [DIVERTED, 'lost, though its fact says that it goes on'],
] as const;

function endOf({ command, outcomes, arrivals, woken, isDead }: Followed): Part {
  const has = (kind: string): boolean => outcomes.some((outcome) => outcome.kind === kind);
  const isTaken = arrivals.length + woken.length > 0;
  if (isDead) return { dead: 1 };
  if (has('message.sent') && isTaken) return { done: 1 };
  if (has('message.unresolved')) return { skipped: 1, unresolved: 1 };
  const unsent = UNSENT.find((kind) => has(`message.${kind}`));
  if (unsent && isTaken) {
    return { skipped: 1, contradicted: 1, findings: [`${unsent} by its fact, but sent: ${command.name}`] };
  }
  if (unsent) return { skipped: 1 };
  const what = WITHOUT_EFFECT.find(([kind]) => has(kind))?.[1] ?? 'lost without an outcome';
  return { lost: 1, findings: [`${what}: command ${command.name} ${command.messageId}`] };
}

function repeatsOf({ command, outcomes, arrivals, woken }: Followed): Part {
  if (arrivals.length + woken.length < 2) return {};
  const isMarked = outcomes.some(({ kind, fact }) => kind === 'message.unresolved' || fact.possiblyRepeated === true);
  if (isMarked && arrivals.length <= MOST_SENDS) return { repeatedMarked: 1 };
  // All but one came after waking: that is what their own column is for.
  if (arrivals.length < 2) return {};
  const how = isMarked ? 'more often than policy allows' : 'silently';
  const requests = arrivals.map(({ seq }) => seq).join(', ');
  return {
    repeatedSilent: 1,
    findings: [`repeated ${how}: ${command.name} ${command.messageId}, requests ${requests}`],
  };
}

/** First arrivals of a conversation against the order of its commands. */
function swappedAtProvider(followed: readonly Followed[]): Part {
  const first = followed
    .filter(({ arrivals }) => arrivals.length > 0)
    .map(({ command, outcomes, arrivals }) => ({ command: whereSent(command, outcomes), seq: arrivals[0]!.seq }))
    .sort((a, b) => a.seq - b.seq);
  return swaps(
    'behind a later one at the provider',
    first.map(({ command }) => command),
  );
}

/** Between what was sent here and what went on elsewhere there is no order; among those that did, there is. */
function whereSent(command: CommandIn, outcomes: readonly EntryOut[]): CommandIn {
  const diverted = outcomes.findLast(({ kind }) => kind === DIVERTED);
  if (!diverted) return command;
  const { conversationId } = diverted.fact.command as { conversationId: string };
  return { ...command, contact: `${command.contact} in ${conversationId}` };
}

/** Outcomes of a conversation on the timeline against the order of its commands. */
function swappedOnTimeline(followed: readonly Followed[], entries: readonly EntryOut[]): Part {
  const commands = new Map<unknown, CommandIn>(followed.map(({ command }) => [command.messageId, command]));
  const told: CommandIn[] = [];
  for (const entry of entries) {
    const { fact } = entry;
    const command = isOutcome(entry) ? commands.get(fact.messageId) : undefined;
    // A second fact of one command is judged as a repeat.
    if (command && commands.delete(fact.messageId)) told.push(command);
  }
  return swaps('outcome behind a later one on the timeline', told);
}

function swaps(what: string, out: readonly CommandIn[]): Part {
  const placed = out.map(({ contact, name, place }) => ({ key: contact, name, from: place, until: place }));
  const swapped = swappedOf(placed);
  return {
    swapped: swapped.length,
    findings: named(
      what,
      swapped.map(({ name }) => name),
    ),
  };
}

function throttledOf({ arrivals }: Evidence): Part {
  return { throttled: arrivals.filter(({ status }) => status === 429).length };
}
