import { useEffect, useRef, useState } from 'react';

/** Something that a person has started and that takes its time. */
export interface Task {
  /** What is under way, by the name it was started under; `null` when nothing is. */
  readonly busy: string | null;
  readonly fault: { readonly code: string; readonly message: string } | undefined;
  /** Starts it, unless something is under way already. */
  readonly start: (name: string, work: () => unknown) => void;
}

/** What was thrown, as far as people may see it: messages of ours hold no values. */
function faultOf(thrown: unknown): NonNullable<Task['fault']> {
  const { code = 'INTERNAL', message = '' } = (thrown ?? {}) as Partial<Record<'code' | 'message', string>>;
  return { code, message: code === 'INTERNAL' ? '' : message };
}

/** One task at a time, with what it was refused with. */
export function useTask(): Task {
  const [{ busy, fault }, set] = useState<Pick<Task, 'busy' | 'fault'>>({ busy: null, fault: undefined });
  const isBusy = useRef(false);
  const isMounted = useRef(false);
  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);
  const start = async (name: string, work: () => unknown): Promise<void> => {
    if (isBusy.current) return;
    isBusy.current = true;
    set({ busy: name, fault: undefined });
    let refused: Task['fault'];
    try {
      await work();
    } catch (thrown) {
      refused = faultOf(thrown);
    }
    isBusy.current = false;
    if (isMounted.current) set({ busy: null, fault: refused });
  };
  return { busy, fault, start: (name, work) => void start(name, work) };
}
