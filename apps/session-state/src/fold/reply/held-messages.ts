import type { DeadlinePassed, HeldMessage, MessageHeld, SendMessage, SessionSnapshot } from '@heliograph/contracts';
import { commandPlace, releasedCommand, type Command } from '../commands.ts';
import { releasedEntry, type Draft } from '../entries.ts';
import type { Fact } from '../facts.ts';

/** Bounds of what one conversation holds, so that its snapshot stays far below a record's limit. */
export const MAX_HELD = 50;
export const MAX_HELD_BYTES = 200_000;
/** A window that the customer opened within this time before a message was held is open by anybody's margin. */
const SURELY_OPEN_MS = 10 * 60 * 1000;

/** Why a held message was given again. */
export type ReleaseReason = 'customer-wrote' | 'quiet-hours-over' | 'expired' | 'too-many';

export interface Releases {
  readonly state: SessionSnapshot;
  readonly entries: readonly Draft[];
  readonly commands: readonly Command[];
}

/** The customer wrote: everything that waited for it, in the order in which it was held. */
export function releaseAll(state: SessionSnapshot, fact: Fact, at: string): Releases {
  return release(state, fact, state.held?.filter(waitsForCustomer) ?? [], 'customer-wrote', at);
}

const waitsForCustomer = ({ resumeAt }: HeldMessage): boolean => resumeAt === undefined;

/** When a held message is given again at the latest, milliseconds: its quiet hours are over, or it expires. */
export const wakesAt = ({ until, resumeAt = until }: HeldMessage): number =>
  Math.min(Date.parse(until), Date.parse(resumeAt));

/**
 * A held message whose quiet hours are over, or which expires, is given again; the dispatcher says that it has expired. Undefined
 * when it is not held, or until later.
 */
export function releaseDue(
  state: SessionSnapshot,
  fact: Fact & { data: DeadlinePassed },
  at: string,
): Releases | undefined {
  const { messageId, at: passed } = fact.data;
  const message = state.held?.find(({ command }) => command.messageId === messageId);
  if (!message || wakesAt(message) > Date.parse(passed)) return undefined;
  const isExpired = Date.parse(message.until) <= Date.parse(passed);
  return release(state, fact, [message], isExpired ? 'expired' : 'quiet-hours-over', at);
}

/**
 * Holds a message. The oldest make room when there are too many: they are given again so that they fail, visibly, instead of being
 * held once more. When the customer wrote while it was being held, nothing would wake it: it is given again at once. What a campaign
 * holds, and its messages in quiet hours, campaign-runner gives again.
 */
export function hold(state: SessionSnapshot, fact: Fact & { data: MessageHeld }, at: string): Releases {
  const { command, until, messageId, cause = 'window-closed', resumeAt = until } = fact.data;
  const others = (state.held ?? []).filter((held) => held.command.messageId !== messageId);
  if (cause !== 'window-closed' && command.campaign)
    return { state: { ...state, held: some(others) }, entries: [], commands: [] };
  const isQuiet = cause !== 'window-closed';
  const held = [...others, { command, until, ...(isQuiet && { resumeAt }) }];
  const next = { ...state, held };
  if (isQuiet) return release(next, fact, surplusOf(held), 'too-many', at);
  const wroteAt = Date.parse(state.lastCustomerMessageAt ?? '');
  if (wroteAt > Date.parse(fact.data.at) - SURELY_OPEN_MS) return releaseAll(next, fact, at);
  return release(next, fact, surplusOf(held), 'too-many', at);
}

function surplusOf(held: readonly HeldMessage[]): HeldMessage[] {
  let bytes = held.reduce((sum, message) => sum + bytesOf(message), 0);
  const surplus: HeldMessage[] = [];
  for (const message of held) {
    if (bytes <= MAX_HELD_BYTES && held.length - surplus.length <= MAX_HELD) break;
    surplus.push(message);
    bytes -= bytesOf(message);
  }
  return surplus;
}

const bytesOf = (message: HeldMessage): number => Buffer.byteLength(JSON.stringify(message));

function release(
  state: SessionSnapshot,
  fact: Fact,
  messages: readonly HeldMessage[],
  because: ReleaseReason,
  at: string,
): Releases {
  if (messages.length === 0) return { state, entries: [], commands: [] };
  const left = state.held?.filter((held) => !messages.includes(held)) ?? [];
  return {
    state: { ...state, held: some(left) },
    entries: messages.map(({ command }, place) => releasedEntry(fact, place, command.messageId, because, at)),
    commands: messages.map((message, place) => {
      const given = because === 'too-many' ? unheld(message, at) : message.command;
      return releasedCommand(commandPlace(fact, place), given);
    }),
  };
}

/** So that it fails: the window is closed, or it has expired. */
function unheld(message: HeldMessage, at: string): SendMessage {
  const { command } = message;
  return waitsForCustomer(message) ? { ...command, ifWindowClosed: 'refuse' } : { ...command, expiresAt: at };
}

const some = (held: readonly HeldMessage[]): HeldMessage[] | undefined => (held.length > 0 ? [...held] : undefined);
