import type { ErrorDetails } from '../errors.ts';
import type { WireCode } from '../wire/faults.ts';

/** A request that is not carried out: with which status, code and reason in a word. */
export interface Refusal {
  readonly status: number;
  readonly code: WireCode;
  readonly reason: string;
  readonly details?: ErrorDetails;
  readonly persistence?: 'transient' | 'permanent';
}

/** Thrown by whatever finds a request that is refused. Nothing has been done then. */
export class RequestRefused extends Error {
  override readonly name: string = 'RequestRefused';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/** Refuses with `DATABASE_DENIED`. @throws RequestRefused */
export function deny(status: number, reason: string, details: ErrorDetails = {}): never {
  throw new RequestRefused({ status, code: 'DATABASE_DENIED', reason, details });
}

/** Refuses with `DATABASE_LIMIT`. @throws RequestRefused */
export function refuseLimit(
  status: number,
  reason: string,
  details: ErrorDetails = {},
  persistence: Refusal['persistence'] = 'permanent',
): never {
  throw new RequestRefused({ status, code: 'DATABASE_LIMIT', reason, details, persistence });
}
