export type { RedisCacheOptions } from './cache.ts';
export { redisCache } from './cache.ts';
export type { IoRedisClient, IoRedisCluster, NodeRedisClient, NodeRedisCluster, RedisClient } from './connection.ts';
