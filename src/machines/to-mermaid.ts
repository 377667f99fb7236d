import type { AnyStateMachine, StateNode } from 'xstate';

// biome-ignore lint/suspicious/noExplicitAny: a chart of any context
type Node = StateNode<any, any>;

const nameOf = (node: Node): string => node.path.join('_');

/** Guards and actions are written behind the event as `EVENT [guard]`. */
function label(event: string, guard: unknown): string {
  const name = typeof guard === 'string' ? guard : (guard as { type?: string } | undefined)?.type;
  return name === undefined ? event : `${event} [${name}]`;
}

function transitionsOf(node: Node): string[] {
  return [...node.transitions.values()].flat().flatMap((transition) => {
    const targets = transition.target ?? [];
    return targets.map(
      (target: Node) => `${nameOf(node)} --> ${nameOf(target)}: ${label(transition.eventType, transition.guard)}`,
    );
  });
}

function body(node: Node, indent: string): string[] {
  const children = Object.values(node.states) as Node[];
  const lines: string[] = [];
  const initial = node.initial?.target[0];
  if (initial) lines.push(`${indent}[*] --> ${nameOf(initial)}`);
  for (const child of children) {
    const title = child.meta?.label ?? child.key;
    if (Object.keys(child.states).length > 0) {
      lines.push(`${indent}state "${title}" as ${nameOf(child)} {`, ...body(child, `${indent}  `), `${indent}}`);
    } else {
      lines.push(`${indent}state "${title}" as ${nameOf(child)}`);
      if (child.type === 'final') lines.push(`${indent}${nameOf(child)} --> [*]`);
    }
  }
  return lines;
}

function allNodes(node: Node): Node[] {
  return [node, ...(Object.values(node.states) as Node[]).flatMap(allNodes)];
}

/**
 * The chart as a Mermaid state diagram, made from its own definition: what is drawn is what runs.
 * @returns Mermaid source, one statement a line
 */
export function toMermaid(machine: AnyStateMachine): string {
  const root = machine.root as Node;
  const transitions = allNodes(root).flatMap(transitionsOf);
  return ['stateDiagram-v2', ...body(root, '  '), ...transitions.map((line) => `  ${line}`), ''].join('\n');
}
