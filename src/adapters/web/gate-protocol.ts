import * as z from 'zod/mini';
import { LIBRARY_VERSION } from './library-version.ts';

/**
 * The version of what tabs say to each other. It rises only if one of these messages gets another meaning; a new kind
 * of message, or a new field, is passed over by tabs that do not know it.
 */
export const GATE_PROTOCOL = 1;

const id = z.string().check(z.regex(/^[a-z0-9]{1,64}$/));
const round = z.int().check(z.nonnegative());

const envelope = {
  backpedal: z.literal('gate'),
  protocol: z.literal(GATE_PROTOCOL),
  library: z.string().check(z.maxLength(64)),
  from: id,
};

interface Envelope {
  readonly backpedal: 'gate';
  readonly protocol: number;
  readonly library: string;
  readonly from: string;
}

/** What one tab says to the others. */
export type GateMessage = Envelope &
  (
    | {
        /** `hello`: a tab has a gate now, and would like to know who else has. `here`: the answer. `bye`: it goes. */
        readonly type: 'hello' | 'here' | 'bye';
      }
    /** Close your gate. `watched`: the sender holds a lock that is given back if it dies. */
    | { readonly type: 'close'; readonly round: number; readonly watched: boolean }
    /** The gate of the sender is closed, as it was told by `to`. */
    | { readonly type: 'closed'; readonly round: number; readonly to: string }
    /** The sender needs no gate closed any more; whether data has been changed meanwhile. */
    | { readonly type: 'open'; readonly round: number; readonly changed: boolean }
  );

const form: z.ZodMiniType<GateMessage> = z.discriminatedUnion('type', [
  z.object({ ...envelope, type: z.enum(['hello', 'here', 'bye']) }),
  z.object({ ...envelope, type: z.literal('close'), round, watched: z.boolean() }),
  z.object({ ...envelope, type: z.literal('closed'), round, to: id }),
  z.object({ ...envelope, type: z.literal('open'), round, changed: z.boolean() }),
]);

type WithoutEnvelope<Message> = Message extends unknown
  ? Omit<Message, 'backpedal' | 'protocol' | 'library' | 'from'>
  : never;

/** A message without what is the same in all of a tab's. */
export type GateSaying = WithoutEnvelope<GateMessage>;

/** A message as it goes over the channel. */
export const gateMessage = (from: string, saying: GateSaying): GateMessage => ({
  backpedal: 'gate',
  protocol: GATE_PROTOCOL,
  library: LIBRARY_VERSION,
  from,
  ...saying,
});

/** What has come over the channel; `null` for what is no message of this protocol, and is passed over. */
export function parseGateMessage(data: unknown): GateMessage | null {
  const parsed = form.safeParse(data);
  return parsed.success ? parsed.data : null;
}
