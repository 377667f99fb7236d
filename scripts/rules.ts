import { readFileSync } from 'node:fs';

/** A rule of SPEC.md. */
export interface Rule {
  readonly id: string;
  readonly text: string;
  readonly line: number;
}

const RULE = /^- \*\*([A-Z]{2}\d+[a-z]?)\*\* (.+)$/;
const ALMOST_A_RULE = /^\s*[-*] \*\*[A-Za-z]+ ?-?\d/;
const LEADING_IDS = /^(?:[A-Z]{2}\d+[a-z]?[ ,:]+)+/;

/** Every rule of SPEC.md, and every line that was meant as one but cannot be read as one. */
export function readRules(file: string): { readonly rules: readonly Rule[]; readonly malformed: readonly string[] } {
  const rules: Rule[] = [];
  const malformed: string[] = [];
  for (const [index, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    const match = RULE.exec(text);
    if (match?.[1] && match[2]) rules.push({ id: match[1], text: match[2], line: index + 1 });
    else if (ALMOST_A_RULE.test(text))
      malformed.push(`${file}:${index + 1}: not of the form "- **ID** the rule.": ${text}`);
  }
  return { rules, malformed };
}

/** The ids that a test's title begins with: `DB3 DB4 refuses a stale token` proves two rules. */
export function leadingIds(title: string): readonly string[] {
  return LEADING_IDS.exec(title)?.[0].match(/[A-Z]{2}\d+[a-z]?/g) ?? [];
}
