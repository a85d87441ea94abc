// The client that the cluster tests use too.
export {
  holdIdleSessions,
  missingRows,
  startSteadyWriter,
  steadyTable,
} from '../../test/support/clusters/steady-writer.ts';
