export type { AsynchronousStorage, GatedStorage, GateOptions, SynchronousStorage } from './gate-storage.ts';
export { gateStorage } from './gate-storage.ts';
