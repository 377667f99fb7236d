export type { CacheContract, CacheSubject } from './cache-contract.ts';
export { cacheContract } from './cache-contract.ts';
export type { Disposable } from './contract-subject.ts';
export type { ContractIt, ContractMatchers, ContractTools } from './contract-tools.ts';
export type {
  ContractScope,
  DatabaseContract,
  DatabaseFeature,
  DatabaseSubject,
} from './database-contract/subject.ts';
export { databaseContractSchema } from './database-contract/subject.ts';
export { databaseContract } from './database-contract.ts';
export type { Fault, FaultBehaviour, FaultyPort, Gate, PortCall } from './faulty.ts';
export { closedGate, withFaults } from './faulty.ts';
export type { LockContract, LockFeature, LockSubject } from './lock-contract.ts';
export { lockContract } from './lock-contract.ts';
export type { ManualClock, ManualClockOptions } from './manual-clock.ts';
export { manualClock } from './manual-clock.ts';
export type { CacheOperation, MemoryCache, MemoryCacheOptions } from './memory-cache.ts';
export { memoryCache } from './memory-cache.ts';
export type { MemoryReference, MemorySchema, MemoryScope, MemoryTable } from './memory-database/schema.ts';
export type { MemoryStore } from './memory-database/store.ts';
export type { MemoryDatabase, MemoryDatabaseOptions, MemoryTables } from './memory-database/types.ts';
export { memoryDatabase } from './memory-database.ts';
export type { LockOperation, MemoryLock, MemoryLockOptions } from './memory-lock.ts';
export { memoryLock } from './memory-lock.ts';
export type { MemoryStorage, MemoryStorageOptions, StorageEntries, StorageOperation } from './memory-storage.ts';
export { memoryStorage } from './memory-storage.ts';
export type { MemoryVault, MemoryVaultOptions, VaultOperation } from './memory-vault.ts';
export { memoryVault } from './memory-vault.ts';
export type { ChartEvent, ChartModel, ChartPath, Coverage, Move, PathStep } from './paths/chart-path.ts';
export { coverageOf, pathName } from './paths/chart-path.ts';
export type { InvariantFacts, RunEnd, Witness } from './paths/check-invariants.ts';
export { checkInvariants, witness } from './paths/check-invariants.ts';
export { migrationModel } from './paths/migration-model.ts';
export type { CreatePathWorld, PathPeople, PathPorts, PathWorld, PathWorldNeeds } from './paths/path-world.ts';
export { memoryPathWorld } from './paths/path-world.ts';
export type { ImpossiblePath, PathPlan } from './paths/plan-paths.ts';
export { planPaths } from './paths/plan-paths.ts';
export type { Impossibility } from './paths/reality.ts';
export { impossibilities } from './paths/reality.ts';
export { rollbackModel } from './paths/rollback-model.ts';
export type { PathReport, PathRunner, RunPathOptions } from './paths/run-path.ts';
export { createPathRunner } from './paths/run-path.ts';
export type { StorageEdit } from './paths/stage.ts';
export { walkInChart } from './paths/walk-chart.ts';
export type { SeededIdentityOptions } from './seeded-identity.ts';
export { seededIdentity } from './seeded-identity.ts';
export type { FaultHooks } from './simulated-process.ts';
export type { StorageContract, StorageFeature, StorageSubject } from './storage-contract.ts';
export { storageContract } from './storage-contract.ts';
export type { PendingWrite, Survival } from './storage-image.ts';
export type { VaultContract, VaultSubject } from './vault-contract.ts';
export { vaultContract } from './vault-contract.ts';
