/** What a process can be doing when it is hit. */
export interface Scenario {
  readonly name: string;
  /** How many operations of ports it takes when nobody disturbs it. */
  readonly operations: number;
  /** How long it takes then. */
  readonly milliseconds: number;
}
