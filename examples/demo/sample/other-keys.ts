/** Everything in storage besides the two stores. */

/** Drafts and settings: they belong to the migration and to no table. */
export const FORM_DATA: Readonly<Record<string, string>> = {
  settings: '{ "theme": "dark", "zoom": 1.0, "docs": "https:\\/\\/example.com\\/docs", "mark": "\\u0026" }',
  'draft:new-task': JSON.stringify({ title: 'Plan the move 📦', labels: ['p0'], body: null }),
  'draft:reply/task-007': 'Not JSON at all: "quoted", and a line\nbreak',
  'draft:reply/task-012': 'תודה רבה! ‏اكتمل العمل',
  'draft:cut-off': '{"title":"The tab was closed in mid-wri',
  'draft:half an emoji': 'typed half of it: \ud83d',
  'draft:empty': '',
  'draft:spaces ': '   ',
};

/** What other scripts of the page keep there: never read for a backup, never written. */
export const KEYS_OF_OTHERS: Readonly<Record<string, string>> = {
  'analytics:queue': '[{"event":"open","at":1736150400000},{"event":"scroll","depth":0.50}]',
  'session-token': 'eyJhbGciOiJub25lIn0.e30.',
  length: '42',
  'ads_opt_out ': 'true',
};
