/** A line of the rollback procedures' testing checklist, and the rules of SPEC.md that together make it true. */
export interface ChecklistLine {
  readonly line: string;
  readonly rules: readonly string[];
}

/** The checklist as it stands in the rollback procedures, by its two headings. */
export const checklist: Readonly<Record<string, readonly ChecklistLine[]>> = {
  'Pre-production testing': [
    { line: 'Test rollback with 100% success', rules: [] },
    { line: 'Test rollback with backup corruption', rules: [] },
    { line: 'Test rollback during active migration', rules: [] },
    { line: 'Test system crash during rollback', rules: [] },
    { line: 'Test concurrent rollback attempts', rules: [] },
    { line: 'Test rollback with partial data', rules: [] },
  ],
  'Validation points': [
    { line: 'All localStorage data restored', rules: [] },
    { line: 'Database records removed', rules: [] },
    { line: 'Redis cache cleared', rules: [] },
    { line: 'Migration state reset', rules: [] },
    { line: 'Audit logs created', rules: [] },
    { line: 'User notifications sent', rules: [] },
  ],
};
