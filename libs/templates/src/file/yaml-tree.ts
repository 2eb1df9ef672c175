import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair } from 'yaml';
import { LIMITS } from '../limits.ts';

/** A piece of a file: what it says, and where. */
export type Tree = MapTree | ListTree | ScalarTree;

interface Located {
  /** Characters from the beginning of the file. */
  readonly at: number;
}
export interface MapTree extends Located {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: string; readonly at: number; readonly value: Tree }[];
}
export interface ListTree extends Located {
  readonly kind: 'list';
  readonly entries: readonly Tree[];
}
export interface ScalarTree extends Located {
  readonly kind: 'scalar';
  readonly value: unknown;
  /** As it was written, where that is not a text: `007` is not 7. */
  readonly source: string;
}

export interface YamlProblem {
  readonly at: number;
  readonly reason: string;
}

export interface ReadYaml {
  /** Absent when nothing can be made of the text. */
  readonly tree?: Tree;
  readonly problems: readonly YamlProblem[];
  /** From 1. */
  readonly lineOf: (at: number) => number;
}

/** The deepest valid place is languages.en.buttons[0].title. */
const DEEPEST = 8;
const TOO_DEEP = 'is nested too deeply';
const MOST_ERRORS = 20;

/**
 * Reads YAML 1.2, plainly: no aliases (which could make a small file as large as they like), no tags, no key twice. Harmless
 * whatever the text is: as large as a file may be, and no deeper than a template.
 */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const lineOf = (at: number) => Math.max(1, lines.linePos(at).line);
  if (Buffer.byteLength(text) > LIMITS.fileBytes) {
    const reason = `is larger than ${LIMITS.fileBytes / 1024} KiB`;
    return { problems: [{ at: 0, reason }], lineOf };
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const problems = [...document.errors, ...document.warnings].slice(0, MOST_ERRORS).map(problemOf);
  if (problems.length > 0) return { problems, lineOf };
  if (document.contents === null) return { problems: [{ at: 0, reason: 'is empty' }], lineOf };
  return { tree: treeOf(document.contents, { at: 0, depth: 0 }, problems), problems, lineOf };
}

/** The parser gives up on its stack, and says so among its errors. */
function problemOf({
  pos,
  message,
}: {
  readonly pos: readonly [number, number];
  readonly message: string;
}): YamlProblem {
  const reason = message.includes('call stack')
    ? TOO_DEEP
    : `is no YAML: ${message.replace(/\s+/g, ' ').slice(0, 200)}`;
  return { at: pos[0], reason };
}

interface Above {
  readonly at: number;
  readonly depth: number;
}

function treeOf(node: Node | null | undefined, above: Above, problems: YamlProblem[]): Tree {
  const at = node?.range?.[0] ?? above.at;
  const here = { at, depth: above.depth + 1 };
  if (here.depth > DEEPEST && (isMap(node) || isSeq(node))) {
    problems.push({ at, reason: TOO_DEEP });
    return { kind: 'scalar', at, value: null, source: '' };
  }
  if (isMap<Node, Node | null>(node)) return { kind: 'map', at, entries: entriesOf(node.items, here, problems) };
  if (isSeq<Node>(node)) return { kind: 'list', at, entries: node.items.map((item) => treeOf(item, here, problems)) };
  if (isScalar(node)) return { kind: 'scalar', at, value: node.value, source: node.source ?? '' };
  if (node) problems.push({ at, reason: 'has an alias (*name): write what it stands for' });
  return { kind: 'scalar', at, value: null, source: '' };
}

function entriesOf(pairs: readonly Pair<Node, Node | null>[], here: Above, problems: YamlProblem[]) {
  const taken = new Set<string>();
  const entries: { key: string; at: number; value: Tree }[] = [];
  for (const { key, value } of pairs) {
    const name = treeOf(key, here, problems);
    if (name.kind !== 'scalar') {
      problems.push({
        at: name.at,
        reason: 'has a field whose name is no text: put texts that begin with { in quotes',
      });
      continue;
    }
    const text = typeof name.value === 'string' ? name.value : name.source;
    if (taken.has(text)) problems.push({ at: name.at, reason: `has the field "${text.slice(0, 64)}" twice` });
    taken.add(text);
    entries.push({ key: text, at: name.at, value: treeOf(value, { ...here, at: name.at }, problems) });
  }
  return entries;
}
