import type { HeldMessage, MessageHeld, SessionSnapshot } from '@heliograph/contracts';
import { commandPlace, releasedCommand, type Command } from '../commands.ts';
import { releasedEntry, type Draft } from '../entries.ts';
import type { Fact } from '../facts.ts';

/** Bounds of what one conversation holds, so that its snapshot stays far below a record's limit. */
export const MAX_HELD = 50;
export const MAX_HELD_BYTES = 200_000;
/** A window that the customer opened within this time before a message was held is open by anybody's margin. */
const SURELY_OPEN_MS = 10 * 60 * 1000;

/** Why a held message was given again. */
export type ReleaseReason = 'customer-wrote' | 'expired' | 'too-many';

export interface Releases {
  readonly state: SessionSnapshot;
  readonly entries: readonly Draft[];
  readonly commands: readonly Command[];
}

/** The customer wrote: everything that waited for it, in the order in which it was held. */
export function releaseAll(state: SessionSnapshot, fact: Fact, at: string): Releases {
  return release(state, fact, state.held ?? [], 'customer-wrote', at);
}

/** A held message expires: it is given again, and the dispatcher says that it has expired. Undefined when it is not held. */
export function releaseExpired(
  state: SessionSnapshot,
  fact: Fact,
  messageId: string,
  at: string,
): Releases | undefined {
  const message = state.held?.find(({ command }) => command.messageId === messageId);
  return message && release(state, fact, [message], 'expired', at);
}

/**
 * Holds a message. The oldest make room when there are too many: they are given again so that they fail while the window is
 * closed, visibly, instead of being held once more. When the customer wrote while it was being held, nothing would wake it:
 * it is given again at once.
 */
export function hold(state: SessionSnapshot, fact: Fact & { data: MessageHeld }, at: string): Releases {
  const { command, until, messageId } = fact.data;
  const others = (state.held ?? []).filter((held) => held.command.messageId !== messageId);
  const held = [...others, { command, until }];
  const next = { ...state, held };
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
    state: { ...state, held: left.length > 0 ? left : undefined },
    entries: messages.map(({ command }, place) => releasedEntry(fact, place, command.messageId, because, at)),
    commands: messages.map(({ command }, place) => {
      const given = because === 'too-many' ? { ...command, ifWindowClosed: 'refuse' as const } : command;
      return releasedCommand(commandPlace(fact, place), given);
    }),
  };
}
