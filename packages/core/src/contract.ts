/**
 * The version of the contract between core and adapters. It grows by what is optional, under the same number; another number means that
 * adapters written for the one before no longer work.
 */
export const CONTRACT = 1;
