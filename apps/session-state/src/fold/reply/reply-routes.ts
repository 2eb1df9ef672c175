import type { SkillWish } from '@heliograph/contracts';

/** What a customer's reply stands for: a name for programs that read the timeline, and where the conversation goes. */
export interface ReplyRoute {
  readonly action?: string;
  readonly queueId?: string;
  readonly skills?: readonly SkillWish[];
  readonly agentId?: string;
  /** To the agent who handled the conversation last (guide 003, "Key behaviors"). */
  readonly lastAgent?: true;
}

/** Where replies with a payload go, per tenant. A whole payload goes before prefixes, a longer prefix before a shorter one. */
export class ReplyRoutes {
  private readonly exact = new Map<string, ReplyRoute>();
  private readonly prefixes = new Map<string, { readonly prefix: string; readonly route: ReplyRoute }[]>();

  /** @param entries each with a payload or a prefix */
  constructor(entries: readonly { tenant: string; payload?: string; prefix?: string; route: ReplyRoute }[] = []) {
    for (const { tenant, payload, prefix, route } of entries) {
      if (payload !== undefined) this.exact.set(keyOf(tenant, payload), route);
      if (prefix !== undefined) this.prefixesOf(tenant).push({ prefix, route });
    }
    for (const list of this.prefixes.values()) list.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  find(tenant: string, payload: string): ReplyRoute | undefined {
    const exact = this.exact.get(keyOf(tenant, payload));
    return exact ?? this.prefixes.get(tenant)?.find(({ prefix }) => payload.startsWith(prefix))?.route;
  }

  private prefixesOf(tenant: string): { prefix: string; route: ReplyRoute }[] {
    let list = this.prefixes.get(tenant);
    if (!list) this.prefixes.set(tenant, (list = []));
    return list;
  }
}

const keyOf = (tenant: string, payload: string): string => JSON.stringify([tenant, payload]);
