// The client that the cluster tests use too.
export {holdIdleSessions, startSteadyWriter} from '../../test/support/steady-writer.ts';
