// The client that the cluster tests use too.
export {holdIdleSessions, missingRows, startSteadyWriter, steadyTable} from '../../test/support/steady-writer.ts';
