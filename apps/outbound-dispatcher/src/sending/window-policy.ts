import type { SendMessage, WindowPolicy } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { RedisClient } from '@heliograph/redis';
import { templateContent } from './content-as-sent.ts';
import { needsWindow, type SendGates } from './send-gates.ts';
import { memoOf } from './turn.ts';

/** What is done with a message at the moment of sending. */
export type WindowDecision =
  | { readonly kind: 'send'; readonly command: SendMessage; readonly changed?: 'window-closed' }
  | { readonly kind: 'hold' };

/** What a command asks for while its window is closed; a template that is not named cannot be sent. */
export function policyOf(command: SendMessage): WindowPolicy {
  const { ifWindowClosed = 'refuse', windowTemplate } = command;
  if (!needsWindow(command) || (ifWindowClosed === 'template' && !windowTemplate)) return 'refuse';
  return ifWindowClosed;
}

/**
 * What is done while the 24-hour window is closed (guide 000, section 4: "switch to template-only mode after expiry"). Looked
 * at before anything is asked for, so that a message that is held takes no budget; `begin` has the last word. Once found
 * closed it stays so for this delivery: a template that was decided on is sent even if the customer writes meanwhile.
 */
export class WindowPolicies {
  constructor(
    private readonly redis: RedisClient,
    private readonly gates: SendGates,
  ) {}

  /** @throws Unavailable */
  async decide(command: SendMessage, delivery: Delivery): Promise<WindowDecision> {
    const policy = policyOf(command);
    const memo = memoOf(delivery);
    if (policy === 'refuse') return { kind: 'send', command };
    memo.windowClosed ||= await this.isClosed(command, delivery);
    if (!memo.windowClosed) return { kind: 'send', command };
    if (policy === 'hold') return { kind: 'hold' };
    const instead = { ...command, content: templateContent(command.windowTemplate!) };
    return { kind: 'send', command: instead, changed: 'window-closed' };
  }

  /** `begin`, or the provider, found it closed. */
  foundClosed(delivery: Delivery): void {
    memoOf(delivery).windowClosed = true;
  }

  /** Moment of the customer's last message, milliseconds; 0 when there was none. @throws Unavailable */
  async lastWrote(command: SendMessage, delivery: Delivery): Promise<number> {
    const { window } = this.gates.of(command, delivery);
    if (!window) return 0;
    const stored = await this.redis.call((client) => client.get(window.key));
    return Number(stored ?? 0);
  }

  private async isClosed(command: SendMessage, delivery: Delivery): Promise<boolean> {
    const { window } = this.gates.of(command, delivery);
    return window !== undefined && (await this.lastWrote(command, delivery)) < window.notBefore;
  }
}
