/** A line of the rollback procedures' testing checklist, and the rules of SPEC.md that together make it true. */
export interface ChecklistLine {
  readonly line: string;
  readonly rules: readonly string[];
}

/** The checklist as it stands in the rollback procedures, by its two headings. */
export const checklist: Readonly<Record<string, readonly ChecklistLine[]>> = {
  'Pre-production testing': [
    { line: 'Test rollback with 100% success', rules: ['RB2', 'RB22'] },
    { line: 'Test rollback with backup corruption', rules: ['BK1', 'RB17'] },
    { line: 'Test rollback during active migration', rules: ['MI4', 'MI5', 'TR1'] },
    { line: 'Test system crash during rollback', rules: ['RB18'] },
    { line: 'Test concurrent rollback attempts', rules: ['RB16'] },
    { line: 'Test rollback with partial data', rules: ['MI3', 'RB9'] },
  ],
  'Validation points': [
    { line: 'All localStorage data restored', rules: ['RB2', 'RB22'] },
    { line: 'Database records removed', rules: ['DB16', 'RB19', 'CL9'] },
    { line: 'Redis cache cleared', rules: ['RB20', 'CA1'] },
    { line: 'Migration state reset', rules: ['JN8', 'MI11'] },
    { line: 'Audit logs created', rules: ['AU1'] },
    { line: 'User notifications sent', rules: ['AU2', 'AU4'] },
  ],
};
