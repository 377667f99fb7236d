import { type ReactElement, type ReactNode, useLayoutEffect, useRef } from 'react';
import { useUi } from '../ui-provider.tsx';
import { Section } from './section.tsx';

/**
 * A native modal dialog: what is behind it is inert, Escape closes it, and the focus goes back to where it came from,
 * also when it is taken off the page while it is open. The first of its actions gets the focus.
 */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  // Before the page changes: an element that is gone cannot give the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>('.bp-actions button')?.focus({ preventScroll: true });
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className="bp-dialog"
      aria-label={title}
      lang={useUi().formats.locale}
      onCancel={(event) => {
        // Whether it is open is for the one above to say.
        event.preventDefault();
        onClose();
      }}
      // Some browsers let nobody prevent the second Escape.
      onClose={() => {
        if (ref.current?.open === false) onClose();
      }}
    >
      <Section name="dialog-content" title={title}>
        {children}
      </Section>
    </dialog>
  );
}
