import type { ReactElement, ReactNode } from 'react';
import type { Fault } from '../../react/index.ts';
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
  title,
  texts = [],
  children,
}: {
  readonly tone: Tone;
  readonly role?: 'alert' | 'status';
  readonly title?: string;
  /** A paragraph each; what is said twice is shown once. */
  readonly texts?: readonly string[];
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="bp-notice" data-tone={tone} role={role}>
      <Icon shape={tone} />
      <span className="bp-hidden">{useUi().messages.tones[tone]}: </span>
      <div>
        {title !== undefined && <strong>{title}</strong>}
        {[...new Set(texts)].filter(Boolean).map((text) => (
          <p key={text}>{text}</p>
        ))}
        {children}
      </div>
    </div>
  );
}

/** What was refused or went wrong, with the code that support asks for. */
export function FaultNotice({ fault }: { readonly fault: Fault | undefined }): ReactElement | null {
  const { messages, formats } = useUi();
  if (fault === undefined) return null;
  return (
    <Notice tone="critical" role="alert" title={messages.failed} texts={[messages.fault(fault, formats)]}>
      <code>{fault.code}</code>
    </Notice>
  );
}
