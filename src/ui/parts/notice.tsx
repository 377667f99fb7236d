import type { ReactElement, ReactNode } from 'react';
import type { Tone } from '../messages.ts';
import { useUi } from '../ui-provider.tsx';
import { Icon } from './icon.tsx';

/**
 * Something that has to be seen: with colour, shape and word for how grave it is. `alert` interrupts a screen reader
 * and is for what happens while a person looks.
 */
export function Notice({
  tone,
  role,
  children,
}: {
  readonly tone: Tone;
  readonly role?: 'alert' | 'status';
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="bp-notice" data-tone={tone} role={role}>
      <Icon shape={tone} />
      <span className="bp-hidden">{useUi().messages.tones[tone]}: </span>
      <div className="bp-notice-text">{children}</div>
    </div>
  );
}

/** What was refused or went wrong, with the code that support asks for. */
export function FaultNotice({
  fault,
}: {
  readonly fault: { readonly code: string; readonly message: string };
}): ReactElement {
  const { messages, formats } = useUi();
  return (
    <Notice tone="critical" role="alert">
      <strong>{messages.failed}</strong>
      <p>{messages.fault({ code: fault.code, text: fault.message }, formats)}</p>
      <code>{fault.code}</code>
    </Notice>
  );
}
