import { type ReactElement, useEffect, useRef, useState } from 'react';

/** Milliseconds between two announcements: what changes faster is not worth being said. */
const PACE = 2000;

/** A text that changes at most every two seconds; the last one is never lost. */
function usePaced(text: string): string {
  const [said, setSaid] = useState('');
  const latest = useRef(text);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    latest.current = text;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setSaid(latest.current);
    }, PACE);
  }, [text]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return said;
}

/**
 * What a screen reader is told of something that goes on by itself. It is on the page before there is something to
 * say, because a live region that comes with its text is not read.
 */
export function PoliteText({ text }: { readonly text: string }): ReactElement {
  return (
    <p role="status" className="bp-hidden bp-announcement">
      {usePaced(text)}
    </p>
  );
}
