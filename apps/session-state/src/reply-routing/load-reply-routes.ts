import { readFileSync } from 'node:fs';
import { problemsOf, type FieldProblem } from '@heliograph/contracts';
import { ConfigError } from '@heliograph/runtime';
import { ReplyRoutes, type ReplyRoute } from '../fold/reply/reply-routes.ts';
import { ReplyRouteEntry, ReplyRoutingFile } from './reply-routing-file.ts';

const VARIABLE = 'REPLY_ROUTING_FILE';

/**
 * Reads what replies with a payload stand for. Without a file nothing is routed.
 *
 * @throws ConfigError with every problem of the file
 */
export function loadReplyRoutes(path: string | undefined): ReplyRoutes {
  if (path === undefined || path === '') return new ReplyRoutes();
  const file = readJson(path);
  const shape = [...problemsOf(ReplyRoutingFile, file), ...unknownFields(file)];
  if (shape.length > 0) throw configError(shape);
  const { replies } = file as ReplyRoutingFile;
  const meaning = replies.flatMap((entry, index) =>
    problemsOfEntry(entry, replies.slice(0, index), `replies[${index}]`),
  );
  if (meaning.length > 0) throw configError(meaning);
  return new ReplyRoutes(replies.map(({ tenant, payload, prefix, ...route }) => ({ tenant, payload, prefix, route })));
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // The parser's message may quote the file.
    const reason = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw configError([{ field: '', reason }]);
  }
}

const KNOWN = new Set(['tenant', 'payload', 'prefix', 'action', 'queueId', 'skills', 'agentId', 'lastAgent']);

/** A mistyped name would silently route nothing. */
function unknownFields(file: unknown): FieldProblem[] {
  const replies = (file as Partial<ReplyRoutingFile> | null)?.replies;
  if (!Array.isArray(replies)) return [];
  return replies.flatMap((entry: ReplyRouteEntry, index) =>
    Object.keys(entry ?? {})
      .filter((field) => !KNOWN.has(field))
      .map((field) => ({ field: `replies[${index}].${field}`, reason: 'is not a known field' })),
  );
}

function problemsOfEntry(entry: ReplyRouteEntry, before: readonly ReplyRouteEntry[], field: string): FieldProblem[] {
  const reasons: string[] = [];
  if ((entry.payload === undefined) === (entry.prefix === undefined)) {
    reasons.push('must have either payload or prefix');
  }
  const { action, queueId, skills, agentId, lastAgent } = entry satisfies ReplyRoute;
  if (!action && !queueId && !skills && !agentId && !lastAgent) {
    reasons.push('must say what the reply stands for: action, queueId, skills, agentId or lastAgent');
  }
  if (agentId && (lastAgent || queueId || skills)) reasons.push('has agentId, which goes with no other target');
  const same = before.findIndex(
    ({ tenant, payload, prefix }) => tenant === entry.tenant && payload === entry.payload && prefix === entry.prefix,
  );
  if (same >= 0) reasons.push(`is for the same replies as replies[${same}]`);
  return reasons.map((reason) => ({ field, reason }));
}

const configError = (problems: readonly FieldProblem[]): ConfigError =>
  new ConfigError(
    problems.map(({ field, reason }) => ({ name: field === '' ? VARIABLE : `${VARIABLE} ${field}`, reason })),
  );
